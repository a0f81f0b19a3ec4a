"""Where a call fails each time: who looks after its failure now stops what worked with the failure ignored."""

from __future__ import annotations

from reviewbot.checks.definitions import certain_symbols, fact_under
from reviewbot.checks.linear import is_linear, takes_vmalloc_only
from reviewbot.findings.types import Cell
from reviewbot.patterns import regex
from reviewbot.review.page.reader import SOMETHING, Reader, handed_on, object_of_cell

__all__ = ["always_fails"]

_STUB = regex(r"\bdoes nothing and returns (-E[A-Z]+)\b")


def always_fails(reader: Reader, cell: Cell) -> str:
    """Return why the call fails on the cell's architecture whenever it is made, as a clause: `page lies in the linear
    map, for which set_memory_ro() returns -EINVAL there each time`; empty where it may work, or nobody knows."""
    symbol = cell.after.symbol
    stub = _STUB.search(cell.after.does) if cell.after.resolves_to == "stub" else None
    if stub is not None:
        return f"{symbol}() returns {stub[1]} there each time"
    call, (_, side) = reader.call_of(cell), reader.sides(int(cell.patch))
    number = handed_on(reader, cell)
    if call is None or number is None or number >= len(call.arguments):
        return ""
    values = dict(certain_symbols(reader.analysis, side, cell.arch))
    values |= {name: value != "n" for name, value in cell.config}
    fact = fact_under(reader.analysis, side, cell.arch, symbol, values)
    followed = reader.analysis.reading.follow(side.tree, cell.file, call) if fact and takes_vmalloc_only(fact) else None
    if followed is None or not is_linear(call.arguments[number], followed[0].texts()):
        return ""
    thing = object_of_cell(reader, cell)
    what = "its memory" if thing == SOMETHING else thing
    return f"{what} lies in the linear map, for which {symbol}() returns -EINVAL there each time"

"""Events out of calls that are made for more pages than before, or for fewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewbot.findings.types import Cell
from reviewbot.logic import TRUE
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import Reader, event_of, promise_of, setting_where

__all__ = ["other_counts"]


def other_counts(reader: Reader, named: Sequence[tuple[str, Cell]]) -> Iterator[Event]:
    """Yield the calls of the family whose number of pages is known before and after, and is another one."""
    for name, cell in named:
        nowhere = cell.after.resolves_to in {"stub", "undeclared", "absent"}
        if not cell.changed or not cell.after.pages or nowhere or not cell.patch.isdigit() \
                or int(cell.patch) not in reader.positions:
            continue
        promise, setting = promise_of(reader, cell), setting_where(reader, cell, TRUE)
        if promise is not None and setting is not None:
            through = f" through {cell.after.via[0]}()" if cell.after.via else ""
            gist = f"{cell.function}() now calls {cell.after.symbol}(){through} for {cell.after.pages}"
            yield event_of(reader, name, cell, "case", setting, gist, "", "different", "changed", promise.rank)

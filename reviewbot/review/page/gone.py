"""Events out of calls that a patch takes out of a function which stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewbot.cfacts.types import FileFacts
from reviewbot.findings.types import Cell
from reviewbot.logic import TRUE
from reviewbot.patterns import regex
from reviewbot.review.linked import is_unlinked
from reviewbot.review.page.deferred import left_to
from reviewbot.review.page.events import Event
from reviewbot.review.page.reader import SOMETHING, Reader, event_of, memory_of_cell, promise_of, setting_where
from reviewbot.review.phrases import NO_FUNCTION, NOT_HERE
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, quote_names

__all__ = ["gone_calls"]

_CALLS = regex(r"^(?!\s*#).*\b(?!(?:if|while|for|return|sizeof|switch)\b)[a-zA-Z_]\w*\(")


def gone_calls(reader: Reader, named: Sequence[tuple[str, Cell]]) -> Iterator[Event]:
    """Yield the calls that a function no longer makes, and for which nothing else there may have taken their place.

    One that the series moves elsewhere, or that a later patch brings back, is none.
    """
    for name, cell in named:
        if cell.after.resolves_to != "absent" or cell.after.does in {NO_FUNCTION, NOT_HERE} or not cell.changed \
                or not cell.before.symbol or cell.before.resolves_to in {"stub", "undeclared"} \
                or cell.function in reader.analysis.primitives \
                or not cell.patch.isdigit() or int(cell.patch) not in reader.positions:
            continue
        promise, setting = promise_of(reader, cell), setting_where(reader, cell, TRUE)
        file = reader.file(int(cell.patch), cell.file)
        if promise is None or setting is None or file is None or _has_another(reader, cell, file):
            continue
        if not (setting[0] if _is_left_to_some(named, cell) else _stays(reader, cell) and not _is_moved(reader, cell)):
            continue
        thing = memory_of_cell(reader, cell)
        if is_unlinked(cell.before):
            symbols = sorted({one.before.symbol for _, one in named if is_unlinked(one.before)
                              and (one.patch, one.file, one.function) == (cell.patch, cell.file, cell.function)})
            which = quote_names([f"{symbol}()" for symbol in symbols])
            gist = f"the module with {cell.function}() no longer calls {which}, with which it did not link"
            yield event_of(reader, name, cell, "gone", setting, gist,
                           f"{'they are' if len(symbols) > 1 else 'it is'} not exported", "better", "mended",
                           promise.rank)
            continue
        later = left_to(reader, cell)
        if later is not None:
            by = f"as {later.setter}() sets {later.undo.name}" if later.setter else f"with {later.undo.name}"
            does = promise.many.format(object=thing)
            gist = f"{cell.function}() leaves it to {later.undo.freed_by}() to {does}, {by}"
            yield event_of(reader, name, cell, "gone", setting, gist, "", "different", "new", promise.rank)
            continue
        does = promise.does.format(object=thing)
        if thing.startswith(SOMETHING) and cell.before.via:
            does += f" through {cell.before.via[0]}()"
        yield event_of(reader, name, cell, "gone", setting, f"{cell.function}() no longer {does}", "", "different",
                       "changed", promise.rank)


def _is_left_to_some(named: Sequence[tuple[str, Cell]], cell: Cell) -> bool:
    """Return whether the same call is made on with other options."""
    return any((other.patch, other.file, other.function, other.call, other.arch) == (
        cell.patch, cell.file, cell.function, cell.call, cell.arch) and other.after.resolves_to != "absent"
        for _, other in named)


def _stays(reader: Reader, cell: Cell) -> bool:
    """Return whether the function is there after the patch, and makes no such call after the last one either: nor one
    more than before of the function of the family that a helper came down to."""
    before, after = reader.sides(int(cell.patch))
    callee = cell.call.partition("(")[0]
    file = reader.file(int(cell.patch), cell.file)
    was, facts, end = (side.facts.get(path) for side, path in (
        (before, file.old_path if file else cell.file), (after, cell.file),
        (reader.analysis.views[-1][1], cell.file)))

    def count(one: FileFacts | None, name: str) -> int:
        return sum(call.function == cell.function and call.callee == name for call in (one.calls if one else ()))

    there = any(one.name == cell.function for one in (facts.functions if facts else ()))
    return there and not any(count(one, callee) for one in (facts, end)) and all(
        count(one, cell.before.symbol) <= count(was, cell.before.symbol) for one in (facts, end))


def _is_moved(reader: Reader, cell: Cell) -> bool:
    """Return whether the call may stand in another function now: the patch leaves as many calls as there were."""
    callee = cell.call.partition("(")[0]
    files = reader.analysis.patched.states[reader.positions[int(cell.patch)]].files
    paths = {path for file in files for path in (file.path, file.old_path)}
    counts = [sum(call.callee == name for path, facts in side.facts.items() if path in paths for call in facts.calls)
              for name in (callee, cell.before.symbol) for side in reader.sides(int(cell.patch))]
    return counts[1] >= counts[0] or counts[3] > counts[2]


def _has_another(reader: Reader, cell: Cell, file: PatchedFile) -> bool:
    """Return whether a line that the patch brings into the function calls something: that may do the same work."""
    _, after = reader.sides(int(cell.patch))
    facts = after.facts.get(cell.file)
    spans = [one.span for one in (facts.functions if facts else ()) if one.name == cell.function]
    lines = decode(file.after or b"").splitlines()
    return any(span.line <= number <= span.end_line and number <= len(lines) and _CALLS.search(lines[number - 1])
               for span in spans for number in file.added)

"""The calls a patch may have something to do with: in functions it touches, and of helpers that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reviewbot.cfacts.types import Call, FileFacts, Function
from reviewbot.checks.reading import holds_line, touches
from reviewbot.source.types import LineMap, PatchedFile, PatchState, Tree
from reviewbot.values import dataclass

__all__ = ["Occurrence", "loses_lines", "reached_calls", "touched_calls"]

_DEEPEST = 4
Facts = Mapping[str, FileFacts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A call on the side after the patch, and the function around it; `added` when a line of it is new.

    `reached`: the patch touches nothing of that function, but a helper that the call comes down to.
    """

    file: PatchedFile
    call: Call
    function: Function | None
    added: bool
    reached: bool = False


def touched_calls(state: PatchState, after: Facts) -> Iterator[Occurrence]:
    """Yield each call of interest in a function that the patch touches, in order of file and line."""
    for file in state.files:
        facts = after.get(file.path)
        for call in facts.calls if facts else ():
            function = _around(facts, call) if facts else None
            added = any(line in file.added for line in range(call.span.line, call.span.end_line + 1))
            if added or touches(file, function):
                yield Occurrence(file=file, call=call, function=function, added=added)


def reached_calls(state: PatchState, before: Facts, after: Facts, helpers: Iterable[str],
                  tree: Tree) -> Iterator[Occurrence]:
    """Yield the other calls of the helpers that the patch touches, at most four helpers away, by file and line.

    `helpers` are the functions around the family, before or after the patch.
    """
    known = frozenset(helpers)
    reached = {function.name for file in state.files for function in _functions(after, file.path)
               if function.name in known and touches(file, function)}
    reached |= {function.name for file in state.files for function in _functions(before, file.old_path)
                if function.name in known and loses_lines(file, function)}
    for _ in range(_DEEPEST):
        wider = {call.function for facts in after.values() for call in facts.calls
                 if call.callee in reached and call.function in known}
        if wider <= reached:
            break
        reached |= wider
    if not reached:
        return
    files = {file.path: file for file in state.files}
    for path, facts in sorted(after.items()):
        calls = [call for call in facts.calls if call.callee in reached and call.use != "in-macro"]
        if not calls or not path.endswith(".c"):
            continue
        file = files.get(path) or _unchanged(path, tree.read(path))
        for call in calls:
            function = _around(facts, call)
            if not touches(file, function):
                yield Occurrence(file=file, call=call, function=function, added=False, reached=True)


def loses_lines(file: PatchedFile, function: Function) -> bool:
    """Return whether the patch removes a line of the function, given as it stood before."""
    return holds_line(file.removed, function.span.line, function.span.end_line)


def _functions(facts: Facts, path: str) -> tuple[Function, ...]:
    return facts[path].functions if path in facts else ()


def _around(facts: FileFacts, call: Call) -> Function | None:
    for function in facts.functions:
        if function.span.line <= call.span.line <= function.span.end_line:
            return function
    return None


def _unchanged(path: str, data: bytes | None) -> PatchedFile:
    """Return a file that the patch leaves alone."""
    lines = (data or b"").count(b"\n") + 1
    return PatchedFile(path=path, old_path=path, before=data, after=data, added=frozenset(), removed=frozenset(),
                       line_map=LineMap(pairs=((1, 1, lines),)), applies="clean", note="")

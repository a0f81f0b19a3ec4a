"""A guard that goes from a function into its callers, or the other way: what a caller gets may be what it got."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from reviewbot.cfacts.types import Call, FileFacts, Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.errors import BudgetError
from reviewbot.logic import And, Cond, Or, Var, difference
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode

__all__ = ["every_call_as_before", "guard_went_to_callers", "reached_when"]

_MOST_FILES = 40
_WORD = regex(r"[A-Za-z_]\w*")


def guard_went_to_callers(analysis: Analysis, name: str, old: Cond, new: Cond, *, stops: bool) -> bool:
    """Return whether some patch of the series puts the test that the function loses into a caller of it.

    With `stops` whether it takes the test that the function gets out of a caller.
    """
    atoms = old.variables() ^ new.variables()
    words = {word for atom in atoms for word in _WORD.findall(atom)} - {"CONFIG", "IS_ENABLED", "defined"}
    if not words:
        return False
    for position, state in analysis.states():
        side = analysis.before(position) if stops else analysis.after(position)
        for file in state.files:
            for function, lines in _callers(analysis, side, file, name, old=stops):
                changed = file.removed if stops else file.added
                if any(function.span.line <= number <= function.span.end_line and number <= len(lines)
                       and words & set(_WORD.findall(lines[number - 1])) for number in changed):
                    return True
    return False


def _callers(analysis: Analysis, side: Side, file: PatchedFile, name: str, *, old: bool
             ) -> Iterator[tuple[Function, list[str]]]:
    path, data = (file.old_path, file.before) if old else (file.path, file.after)
    if data is None or name.encode() not in data or not path.endswith((".c", ".h")):
        return
    facts = analysis.reading.facts(side.tree, path, {name: ""})
    calling = {call.function for call in facts.calls if call.callee == name} if facts else set()
    for function in facts.functions if facts else ():
        if function.name in calling and function.name != name:
            yield function, decode(data).splitlines()


def every_call_as_before(analysis: Analysis, position: int, name: str, old: Cond, new: Cond) -> bool:
    """Return whether every call of the function, with the tests in front of it, reaches its work under the same
    condition before the patch and after it. False where not all callers are seen."""
    before, after = analysis.before(position), analysis.after(position)
    if after.tree.kind == "none":
        return False
    paths = {path for moment in (position, position + 1)
             for path in analysis.files_with(moment, [name]).get(name, ()) if path.endswith((".c", ".h"))}
    if not paths or len(paths) > _MOST_FILES:
        return False
    found = False
    for path in sorted(paths):
        one, other = (reached_when(analysis.reading.facts(side.tree, path, {name: ""}), name)
                      for side in (before, after))
        found = found or bool(one or other)
        if one.keys() != other.keys() or any(
                _differ(And(one[function], old), And(other[function], new)) for function in one):
            return False
    return found


def reached_when(facts: FileFacts | None, name: str) -> dict[str, Cond]:
    """Return for each function that calls it under which condition it does."""
    reached: dict[str, Cond] = {}
    for call in facts.calls if facts else ():
        if call.callee == name and call.function != name:
            here = And(call.path_condition, *_in_order(call))
            reached[call.function] = Or(reached[call.function], here) if call.function in reached else here
    return reached


def _in_order(call: Call) -> Iterator[Cond]:
    """Yield the tests in front of the call; what asks a variable that is written in between is its own at each."""
    changed = frozenset(call.changed)
    for number, guard in enumerate(call.guards):
        yield guard.condition.replace(partial(_at, changed, number))


def _at(changed: frozenset[str], number: int, atom: str) -> Cond | None:
    return Var(f"{atom} ({number})") if changed & set(_WORD.findall(atom)) else None


def _differ(one: Cond, other: Cond) -> bool:
    try:
        return difference(one, other) is not None
    except BudgetError:
        return True

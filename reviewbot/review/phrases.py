"""Says in words how two effects of a call differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewbot.checks.definitions import UNTOLD
from reviewbot.findings.types import Cell, Effect, is_hidden, may_be_hidden, without_splits
from reviewbot.text import quote_names

__all__ = ["ABSENT", "FAMILY", "NOT_HERE", "NOT_REACHED", "NOT_SEEN", "NO_CALL", "NO_FUNCTION", "by_function",
           "clauses", "does_with_memory", "in_sight", "is_all_new", "say_change", "say_config", "say_effect"]

FAMILY = "set_memory_*(), set_direct_map_*() or __kernel_map_pages()"
"""The calls that a review is about, for a sentence that says of none of them that it was seen."""

NO_FUNCTION = "is not there, nor is its function"
"""What an effect says where the function around the call is new, or gone."""

NO_CALL = "is not called"
"""What an effect says where the function around the call is there, and the call is not."""

NOT_HERE = "is not called at this place"
"""What an effect says of a call that its function has at another place on both sides."""

NOT_REACHED = "is not reached there"
"""What an effect says of a call that is there, and that the tests in front of it never let run."""

NOT_SEEN = "was not seen"
"""What an effect says where it is not known whether the function reaches the family there."""

ABSENT = Effect(resolves_to="absent", via=(), does=NO_CALL, may_fail=False, errnos=(), on_failure="cannot-fail")
"""What there is of a call that its function does not make."""

_LONGEST = 240  # letters of a list of calls
_NOTHING = ("does nothing and returns", "is not declared", "is declared but")
"""What leaves nothing else to be said of a definition."""
_UNBUILT = {"is not declared": "it was not declared there",
            "is declared but": "it was defined nowhere there",
            "is not exported": "it was not exported, and the module did not link"}
"""How the clause begins of what no kernel is built with, and what is said of that where it is past."""

_FATES = {"dropped": "a failure is dropped", "warned": "a failure is only warned about",
          "returned": "a failure is returned", "handled": "its result is tested", "cannot-fail": "it cannot fail"}
_HERE = {"argument": "it can fail for a wrong argument alone", "state": "it cannot fail here"}
"""What is said of a call that cannot fail, of a function that can."""

_INSIDE = {"dropped": "{helper}() drops a failure", "warned": "{helper}() only warns about a failure",
           "handled": "{helper}() deals with a failure"}


def is_all_new(cells: Sequence[Cell]) -> bool:
    """Return whether all calls stand in functions that were not there before: there is nothing that they did."""
    return all(cell.before.does == NO_FUNCTION for cell in cells)


def say_effect(effect: Effect) -> str:
    """Return the effect as a clause: `set_memory_ro() splits a large leaf if it must; a failure is dropped`."""
    if effect.resolves_to == "absent":
        return "it is not reached" if effect.does == NOT_REACHED else "nothing is called"
    return effect.does if _unbuilt(effect) else f"{effect.does}; {_fate(effect)}"


def _unbuilt(effect: Effect) -> str:
    """Return what to say of a side that no kernel was built with; empty for any other."""
    return next((was for part in clauses(effect) for begin, was in _UNBUILT.items() if part.startswith(begin)), "")


def _fate(effect: Effect) -> str:
    """Return what becomes of a failure, and where that is decided when it is in a helper."""
    if effect.after_failure:
        return does_with_memory(effect)
    if effect.fate_in and effect.on_failure in _INSIDE:
        return _INSIDE[effect.on_failure].format(helper=effect.fate_in)
    if effect.via and effect.on_failure == "dropped":
        return f"what {effect.via[0]}() returns is dropped"
    if effect.on_failure == "cannot-fail" and effect.only_here:
        return _HERE[effect.only_here]
    return _FATES[effect.on_failure]


def does_with_memory(effect: Effect) -> str:
    """Return what the innermost helper does with the memory of a failed call, where that is known, as a clause."""
    does = {"kept": "keeps", "freed": "gives back"}.get(effect.after_failure, "")
    return f"{effect.via[-1]}() {does} the memory after a failure" if does else ""


def say_change(before: Effect, after: Effect) -> str:
    """Return what is different after, in as few words as tell it, with what was before in brackets."""
    if before.resolves_to == "absent":
        was = _nothing(before, "nothing was called", "no such call was there", "the function was not there",
                       "not at this place", "it was not reached")
        return f"now {say_effect(after)} (before: {was})"
    unbuilt = _unbuilt(before)
    if after.resolves_to == "absent":
        ended = _nothing(after, "is no longer called", "is no longer called", "is gone with its function",
                         "is no longer called at this place", "is no longer reached")
        return f"{_name(before)} {ended}" + (f" (before: {unbuilt})" if unbuilt else "")
    if unbuilt and unbuilt != _unbuilt(after):
        return f"now {say_effect(after)} (before: {unbuilt})"
    if not unbuilt and _unbuilt(after):
        return f"{after.does} (before: {say_effect(before)})"
    plain = in_sight(before, after)
    if plain != (before, after):
        hidden = [part for part in clauses(after) if part not in clauses(plain[1])]
        past = [part for part in clauses(before) if part not in clauses(plain[0])]
        words = say_change(*plain)
        before_it = f" (before: {', '.join(past)})" if hidden and past else ""
        return (words and f"{words}; ") + ", ".join(hidden) + before_it
    said = []
    if _name(before) != _name(after):
        said.append(f"{_name(after)} instead of {_name(before)}")
    alike = {without_splits(part) for part in clauses(before)} & {without_splits(part) for part in clauses(after)}
    gone = [part for part in clauses(before) if without_splits(part) not in alike]
    new = [part for part in clauses(after) if without_splits(part) not in alike]
    for part in new:
        earlier = next((old for old in gone if _about(old) == _about(part)), "")
        if earlier:
            gone.remove(earlier)
        said.append(f"{part} (before: {earlier})" if earlier else part)
    idle = next((part for part in gone if part.startswith(_NOTHING[0])), "")
    if idle and not any(part.startswith(_NOTHING) for part in new):  # what it does now says that this is past
        gone.remove(idle)
        told = [part for part in said if part != UNTOLD and "may perhaps fail" not in part]
        said = [*told[:-1], f"{(told or [_unknown(after)])[-1]} (before: {idle})"]
    if not any(part.startswith(_NOTHING) for part in new):
        said += [_ended(part) for part in gone]
    said = [part for part in said if part != UNTOLD and "may perhaps fail" not in part] or said
    said += _failing(before, after)
    if before.on_failure != after.on_failure and (
            before.known == after.known or "cannot-fail" not in {before.on_failure, after.on_failure}):
        said.append(f"{_fate(after)} (before: {_fate(before)})")
    # Through a helper the sentence is about another function than the call that it names.
    other = after.via and said and said[0].startswith(("is called ", "is no longer called"))
    return (f"{_name(after)} " if other else "") + "; ".join(said)


def in_sight(before: Effect, after: Effect) -> tuple[Effect, Effect]:
    """Return two effects without what functions that nobody has may do on one side, and what only the other tells of
    it."""
    if not is_hidden(before.does) and not is_hidden(after.does):
        return before, after
    return _seen_beside(before, after), _seen_beside(after, before)


def _seen_beside(effect: Effect, other: Effect) -> Effect:
    theirs = clauses(other)
    kept = [part for part in clauses(effect) if part in theirs or not (is_hidden(part) or may_be_hidden(part))]
    return replace(effect, does=f"{_name(effect)} {', '.join(kept) or UNTOLD}")


def _unknown(effect: Effect) -> str:
    """Return what is said of a definition of which nothing is known but that it is there."""
    where = f" in {effect.resolves_to.partition(':')[0]}" if "/" in effect.resolves_to else ""
    return f"is defined{where}; what it does there was not worked out"


def _nothing(effect: Effect, nothing: str, no_call: str, no_function: str, not_here: str, not_reached: str) -> str:
    return {NO_FUNCTION: no_function, NOT_HERE: not_here, NO_CALL: no_call, NOT_REACHED: not_reached
            }.get(effect.does, nothing)


def clauses(effect: Effect) -> list[str]:
    """Return the clauses of what an effect does, `flushes`, `may sleep`; what stands in brackets stays whole."""
    _, _, text = effect.does.partition(" ")
    parts, depth, start = [], 0, 0
    for index, sign in enumerate(text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(sign, 0)
        if depth == 0 and text.startswith(", ", index):
            parts.append(text[start:index])
            start = index + 2
    return [part for part in (*parts, text[start:]) if part]


def _failing(before: Effect, after: Effect) -> list[str]:
    """Return how the ways to fail differ, as far as what becomes of a failure does not say it."""
    if not (before.known and after.known):
        return []
    if before.has_other_errnos(after):
        ways = [quote_names(sorted(effect.errnos), joint="or") for effect in (after, before)]
        return [f"can fail with {ways[0]} (before: {ways[1]})"]
    if before.may_fail != after.may_fail and before.on_failure == after.on_failure:
        return ["can fail (before: it could not)" if after.may_fail else "cannot fail (before: it could)"]
    return []


def _ended(part: str) -> str:
    """Return the clause of what is no longer so: `no longer flushes`, with what was so in brackets where that tells."""
    if part.startswith("is called only when "):
        return f"is called without the condition {part.removeprefix('is called only when ')}"
    if part.startswith("does nothing when "):
        return f"is not known to do nothing under a condition any more (before: {part})"
    if part.startswith(("cannot ", "never ", "does nothing ", "calls ", "is called with ")):
        return f"not so any more: {part}"
    first, _, rest = part.partition(" ")
    verb = {"is": "is", "may": "can"}.get(first)
    return f"{verb} no longer {rest}" if verb else f"no longer {part}"


def _name(effect: Effect) -> str:
    return effect.does.split(" ", 1)[0]


def _about(part: str) -> str:
    """Return what a clause is about, so that `flushes` and `does not flush` are two answers to one question."""
    for word in ("flush", "split", "does nothing", "is called only", "is called with", "sleep", "called by", "hands"):
        if word in part:
            return word
    return "does nothing" if part.startswith("calls ") else part  # what it does instead of its work


def say_config(cell: Cell) -> str:
    """Return the cell's configuration as ` with DEBUG_PAGEALLOC=y`, empty when it holds for all."""
    return ", with " + ", ".join(f"{name}={value}" for name, value in cell.config) if cell.config else ""


def by_function(whats: Sequence[str]) -> str:
    """Return calls as a list in which each stands with its function: `map_page(page) and hide_page() in copy_one()`.

    Where that gets too long the calls go without their arguments.
    """
    calls: dict[str, list[str]] = {}
    for what in whats:
        function, _, call = what.partition(", ")
        calls.setdefault(function, []).extend([call] if call else [])
    for spelled in (True, False):
        parts = []
        for function, those in calls.items():
            names = tuple(dict.fromkeys(one if spelled else f"{one.partition('(')[0]}()" for one in those))
            parts.append(f"{quote_names(names, most=4)} in {function}" if names else function)
        text = quote_names(parts, most=4) if all(" and " not in part for part in parts) else "; ".join(parts)
        if len(text) <= _LONGEST:
            break
    return text

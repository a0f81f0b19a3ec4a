"""Exits that a patch leaves with a lock held: every way to them gave it back before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.held import may_give
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.locks import GIVES, MAYBE, TAKES, Lock, attempt_of, attempted
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.results import asks_in
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import Facts, Say, ways_of

__all__ = ["left_held"]


def left_held(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the exits behind a lock that the function takes as before and gives back at fewer places now."""
    given, taken = (_gone(old, new, names) for names in (frozenset(GIVES), frozenset(TAKES)))
    for give, what in sorted(given):
        for take in GIVES[give]:
            lock = (take, what)
            if take in MAYBE - {"get_cpu", "cpus_read_lock"} or any(what == one for _, one in taken) \
                    or _gives_otherwise(old, new, lock, teacher) or any(
                        _exit_with(old, number, lock, teacher) is not None for number in _taking(old, lock)):
                continue  # by something else now, or as it was: whoever calls it gives the lock back
            for number in _taking(new, lock):
                end = _exit_with(new, number, lock, teacher)
                if end is not None:
                    yield _hit(old, new, number, end, lock)
                    break


def _calls(outline: Outline, names: frozenset[str]) -> Counter[Lock]:
    return Counter((call.name, _on(outline, call))
                   for step in outline.steps for call in calls_in(step.expr) if call.name in names)


def _gone(old: Outline, new: Outline, names: frozenset[str]) -> set[Lock]:
    return {*(_calls(old, names) - _calls(new, names))}


def _on(outline: Outline, call: Expr) -> str:
    return outline.text(call.parts[1]) if len(call.parts) > 1 else ""


def _taking(outline: Outline, lock: Lock) -> list[int]:
    """Return the steps that take a lock: by its own call, or by one that hands it out (`ptl = pmd_lock(...)`)."""
    found = [number for number, step in enumerate(outline.steps) for call in calls_in(step.expr)
             if lock == ((attempted(call.name) or (call.name,))[0], _on(outline, call))]
    if found or lock[0] != "spin_lock" or lock[1] not in outline.locals:
        return found
    for number, step in enumerate(outline.steps):
        for call in calls_in(step.expr):
            outer = step.expr
            if call.name not in GIVES and "lock" in call.name.split("_") and outer is not None and (
                    (outer.kind == "assign" and place_of(outer.parts[0]) == lock[1])
                    or any(part.kind == "address" and place_of(part.parts[0]) == lock[1] for part in call.parts[1:])):
                found.append(number)
    return found


def _gives_otherwise(old: Outline, new: Outline, lock: Lock, teacher: Teacher) -> bool:
    """Return whether something that the patch adds to the function may give the lock back."""
    before = Counter(old.text(call) for step in old.steps for call in calls_in(step.expr))
    if any(step.cleanup for step in new.steps):
        return True
    for step in new.steps:
        for call in calls_in(step.expr):
            if not before[new.text(call)] and (call.name in GIVES or may_give(teacher, call, lock)):
                return True
            before[new.text(call)] -= 1
    return False


def _exit_with(outline: Outline, number: int, lock: Lock, teacher: Teacher) -> int | None:
    """Return the exit that a way from the step which takes the lock reaches without giving it back."""
    ways = ways_of(outline)
    taken = _when_taken(outline, number)
    if taken is None or not ways.reached(number):
        return None
    holds, facts, then = taken

    def visit(_: int, step: Step, __: Facts) -> Say:
        for call in calls_in(step.expr):
            if lock[0] in GIVES.get(call.name, ()) and (not lock[1] or (
                    len(call.parts) > 1 and outline.text(call.parts[1]) == lock[1])):
                return "stop"
            if may_give(teacher, call, lock):
                return "stop"
        return "found" if step.kind == "return" else "on"

    way = ways.search(number, ways.known(number) | facts, visit, holds=holds, then=then)
    return way[-1] if way else None


def _when_taken(outline: Outline, number: int) -> tuple[bool | None, Facts, str] | None:
    """Return when the step has taken the lock: on which edge of a test, and what is known of the result behind it."""
    step = outline.steps[number]
    call = next((call for call in calls_in(step.expr) if call.name not in GIVES and "lock" in call.name), None)
    if call is not None and attempted(call.name) is not None:
        tried = attempt_of(outline, step, call)
        if tried is None:
            return None if step.kind == "test" else (None, frozenset(), "")
        known = frozenset({(tried.variable, tried.value)}) if tried.variable else frozenset()
        return tried.holds, known, tried.variable
    if call is None or call.name in TAKES:
        return None if step.kind == "test" and call is not None else (None, frozenset(), "")
    target = next((place_of(part.parts[0]) for part in walk(step.expr) if part.kind == "assign"),
                  step.name if step.kind == "declare" else "")
    if step.kind == "test":  # NULL is no lock
        ask = next((ask for ask in asks_in(step.expr) if ask.alone and ask.how in {"true", "not"}), None)
        return None if ask is None else (ask.how == "true", frozenset(), "")
    return (None, frozenset({(target, True)}), target) if target else (None, frozenset(), "")


def _hit(old: Outline, new: Outline, number: int, end: int, lock: Lock) -> Hit:
    step, leave = new.steps[number], new.steps[end] if end < len(new.steps) else new.steps[-1]
    said = new.said(leave).rstrip(";") if end < len(new.steps) else "its end"
    gives = TAKES[lock[0]]
    before = next(one for one in old.steps if any(
        lock[0] in GIVES.get(call.name, ()) for call in calls_in(one.expr)))
    return Hit(shape="left-held", line=leave.line, end_line=new.last_line(leave), symbol=lock[0],
               object=f"{lock[0]}({lock[1]})",
               fields=(("callee", lock[0]), ("give", f"{gives}({lock[1]})"), ("take", f"{lock[0]}({lock[1]})"),
                       ("exit", said)),
               old=((before.line, old.said(before)),),
               new=((step.line, new.said(step)), (leave.line, new.said(leave))))

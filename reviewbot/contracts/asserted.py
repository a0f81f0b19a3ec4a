"""What a called function demands of its caller (a lock, interrupts on, room to sleep), and the way does not give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.claims import Claim, claims_of, given_by, in_terms_of
from reviewbot.contracts.held import Held, given_first, held_at, locks_taken
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.locks import TAKES
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import Facts, Say, ways_of

__all__ = ["asserted_in_vain", "no_longer_given"]

_SPINNING = ("spin_lock", "raw_spin_lock", "read_lock", "write_lock", "local_irq", "preempt_disable")
_DEEPEST = 2
_MOST_CALLERS = 12


def asserted_in_vain(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls whose demand does not hold where they are made, in the function or in one that calls it."""
    held: dict[int, Held] | None = None
    for number, step in enumerate(outline.steps):
        for call in calls_in(step.expr):
            for body, claim in claims_of(call.name, teacher) if call.name and call.name != outline.name else ():
                held = held if held is not None else held_at(outline)
                if number not in held:
                    continue
                if claim.demand != "lock":
                    yield from _of_context(outline, call, claim, held[number])
                    continue
                wanted = in_terms_of(outline, body, call, claim.lock) if body is not None else ""
                if not wanted:
                    continue
                if _is_missing(outline, held[number], number, wanted):
                    yield _hit("asserts-lock", outline, call, claim, wanted)
                elif not _is_own(outline, wanted):
                    above = _missing_above(outline, wanted, teacher, _DEEPEST, frozenset({outline.name}))
                    if above is not None:
                        yield _hit("asserts-lock-above", outline, call, claim, above[2], by=above[0], now=above[1])


def _of_context(outline: Outline, call: Expr, claim: Claim, held: Held) -> Iterator[Hit]:
    if claim.demand == "sleep":
        spinning = sorted(lock for lock in held if lock[0].startswith(_SPINNING))
        if spinning:
            yield _hit("asserts-sleep", outline, call, claim, "{}({})".format(*spinning[0]))
    elif claim.demand == "irqs-on":
        taken = given_by(held, "irqs-off")
        if taken:
            yield _hit("asserts-irqs-on", outline, call, claim, taken)


def no_longer_given(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls whose demand held where they were made before the patch, and does not hold there now."""
    before = after = None
    places = {old.text(call): (number, call) for number, step in enumerate(old.steps) for call in calls_in(step.expr)}
    for number, step in enumerate(new.steps):
        for call in calls_in(step.expr):
            was = places.get(new.text(call))
            if was is None or not call.name or call.name == new.name:
                continue
            for body, claim in claims_of(call.name, teacher):
                before, after = before or held_at(old), after or held_at(new)
                if was[0] not in before or number not in after:
                    continue
                lost = _lost(new, body, call, claim, before[was[0]], after[number])
                if lost and not _says_so(new):
                    yield _hit("assertion-lost", new, call, claim, lost, old=((old.line_of(was[1]), old.text(was[1])),))


def _lost(new: Outline, body: Outline | None, call: Expr, claim: Claim, before: Held, after: Held) -> str:
    """Return what gave the demand before the patch and gives it no more, as a call."""
    if claim.demand in {"irqs-off", "preempt-off"}:
        return "" if given_by(after, claim.demand) else given_by(before, claim.demand)
    if claim.demand != "lock" or body is None:
        return ""
    wanted = in_terms_of(new, body, call, claim.lock)
    if not wanted or any(_alike(what, wanted) for _, what in after):
        return ""
    return next((f"{take}({what})" for take, what in sorted(before) if _alike(what, wanted)), "")


def _says_so(outline: Outline) -> bool:
    """Return whether a function demands something itself, or is named for what its caller holds."""
    return bool({"locked", "nolock"} & {*outline.name.split("_")}) or any(
        call.name.startswith(("lockdep_assert", "mmap_assert", "assert_spin", "rwsem_assert"))
        for step in outline.steps for call in calls_in(step.expr))


def _is_own(outline: Outline, wanted: str) -> bool:
    return _says_so(outline) or any(_alike(what, wanted) for _, what in locks_taken(outline))


def _is_missing(outline: Outline, held: Held, number: int, wanted: str) -> bool:
    """Return whether the lock is surely not held there: only in a function that takes it itself, on no way to the call.
    """
    if any(_alike(what, wanted) for _, what in held) or _says_so(outline):
        return False
    taken = [lock for lock in locks_taken(outline) if _alike(lock[1], wanted)]
    same = {lock for lock in taken if _plain(lock[1]) == _plain(wanted)} - given_first(outline)
    return bool(same) and not any(_may_hold(outline, lock, number) for lock in taken)


def _missing_above(outline: Outline, wanted: str, teacher: Teacher, depth: int, seen: frozenset[str]
                   ) -> tuple[str, str, str] | None:
    """Return the caller that surely does not hold the lock where it calls the function: name, place, the lock there."""
    for caller in teacher.callers_here(outline.name)[:_MOST_CALLERS]:
        if caller.name in seen or _says_so(caller):
            continue
        held = held_at(caller)
        for number, call in caller.calls_of(outline.name):
            there = in_terms_of(caller, outline, call, wanted)
            if not there or number not in held:
                continue
            if _is_missing(caller, held[number], number, there):
                return caller.name, f"{teacher.near}:{caller.line_of(call)}", there
            if depth > 1 and not _is_own(caller, there):
                more = _missing_above(caller, there, teacher, depth - 1, seen | {caller.name})
                if more is not None:
                    return more
    return None


def _may_hold(outline: Outline, lock: tuple[str, str], number: int) -> bool:
    """Return whether some way from a step that takes the lock comes to the call before it is given back."""
    ways = ways_of(outline)

    def visit(at: int, step: Step, _: Facts) -> Say:
        if at == number:
            return "found"
        return "stop" if any(call.name == TAKES[lock[0]] for call in calls_in(step.expr)) else "on"

    return any(ways.search(at, ways.known(at), visit) is not None for at, step in enumerate(outline.steps)
               if any(call.name == lock[0] for call in calls_in(step.expr)))


def _alike(one: str, other: str) -> bool:
    """Return whether two texts may mean the same lock: the same last member."""
    def last(text: str) -> str:
        return re.split(r"->|\.|&", text)[-1].strip(" ()")
    return last(one) == last(other)


def _plain(text: str) -> str:
    return re.sub(r"[&() ]", "", text)


def _hit(shape: str, outline: Outline, call: Expr, claim: Claim, lock: str, *,
         old: tuple[tuple[int, str], ...] = (), **fields: str) -> Hit:
    line = outline.line_of(call)
    return Hit(shape=shape, line=line, end_line=line, symbol=call.name, object=f"{call.name} {lock}",
               fields=(("callee", call.name), ("take", lock), ("where", claim.where), ("statement", outline.text(call)),
                       ("evidence", claim.said), *sorted(fields.items())),
               old=old, new=((line, outline.text(call)),))

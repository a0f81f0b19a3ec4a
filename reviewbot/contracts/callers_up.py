"""What the callers of a changed function hold where they call it: up to two of them, in the file at hand."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.contracts.contexts import SPINNING, sleeping_calls
from reviewbot.contracts.held import GIVES, Held, held_at
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in
from reviewbot.contracts.types import Hit

__all__ = ["sleeps_under_callers"]

_DEEPEST = 2
_MOST_CALLERS = 12


def sleeps_under_callers(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what may sleep in a function that a caller in the same file calls with a spinlock held."""
    found = [(call, why, step) for call, why, step in sleeping_calls(outline)]
    if not found or any(call.name in GIVES for step in outline.steps for call in calls_in(step.expr)):
        return
    above = _spinning_above(outline, teacher, _DEEPEST, frozenset({outline.name}))
    if above is None:
        return
    lock, caller, line, taken = above
    for call, why, step in found:
        yield Hit(
            shape="sleeps-under-caller",
            line=outline.line_of(call),
            end_line=outline.last_line(step),
            symbol=call.name,
            object=outline.text(call),
            fields=(
                ("callee", call.name),
                ("how", why),
                ("take", f"{lock[0]}({lock[1]})"),
                ("by", caller),
                ("where", f"{teacher.near}:{line}"),
                ("statement", outline.text(call)),
                ("was", str(taken)),
            ),
            new=((step.line, outline.said(step)),),
        )


def _spinning_above(
    outline: Outline, teacher: Teacher, depth: int, seen: frozenset[str]
) -> tuple[tuple[str, str], str, int, int] | None:
    """Return a spinlock that some caller holds where it calls, with the caller, the line and the line of the call."""
    for caller in teacher.callers_here(outline.name)[:_MOST_CALLERS]:
        if caller.name in seen:
            continue
        held: dict[int, Held] = held_at(caller)
        for number, step in enumerate(caller.steps):
            if number in held and any(call.name == outline.name for call in calls_in(step.expr)):
                spinning = sorted(lock for lock in held[number] if lock[0] in SPINNING)
                if spinning:
                    return spinning[0], caller.name, step.line, step.line
        if depth > 1:
            more = _spinning_above(caller, teacher, depth - 1, seen | {caller.name})
            if more is not None and not any(
                call.name in GIVES for step in caller.steps for call in calls_in(step.expr)
            ):
                return more
    return None

"""The members of a structure by which functions of a file answer a question."""

from __future__ import annotations

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import calls_in, walk
from reviewbot.contracts.went_along import member_of

__all__ = ["answered_by"]

_SHORT = 6  # steps of a function that does nothing but answer


def answered_by(expr: Expr | None, teacher: Teacher) -> frozenset[str]:
    """Return the members that the small functions of the file which an expression asks return, or decide by."""
    return frozenset(member_of(part.name) for call in calls_in(expr) for _, body in teacher.here(call.name)
                     for step in (body.steps if len(body.steps) <= _SHORT else ()) if step.kind in {"return", "test"}
                     for part in walk(step.expr) if part.kind == "field")

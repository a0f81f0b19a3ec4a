"""A question to the SAT solver that ends: with yes, no, or the error that it is too hard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reviewbot.budget import LIMITS
from reviewbot.errors import BudgetError

__all__ = ["holds"]


_LEAST = 40  # conflicts: an easy question behind many hard ones has its answer still


def holds(solver: Any, assumptions: Sequence[int], *, halved: int = 0) -> bool:
    """Return whether the clauses hold under the assumptions; model and core are then the solver's to tell.

    Counts conflicts, not seconds, so that the same question has the same answer. A question about a whole kernel
    takes some tens, at most some hundreds. Raises BudgetError past 5 000, `halved` so many times.
    """
    most = min(LIMITS.conflicts, max(LIMITS.conflicts >> halved, _LEAST))
    solver.conf_budget(most)
    found = solver.solve_limited(assumptions=list(assumptions))
    if found is None:
        raise BudgetError(f"a condition that takes more than {most} conflicts to decide")
    return bool(found)

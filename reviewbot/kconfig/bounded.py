"""A question to the SAT solver that ends: with yes, no, or the error that it is too hard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reviewbot.errors import BudgetError

__all__ = ["holds"]

_MOST_CONFLICTS = 20_000  # a question about a whole kernel takes some hundreds


def holds(solver: Any, assumptions: Sequence[int]) -> bool:
    """Return whether the clauses hold under the assumptions; model and core are then the solver's to tell.

    Counts conflicts, not seconds, so that the same question has the same answer. Raises BudgetError past 20 000.
    """
    solver.conf_budget(_MOST_CONFLICTS)
    found = solver.solve_limited(assumptions=list(assumptions))
    if found is None:
        raise BudgetError(f"a condition that takes more than {_MOST_CONFLICTS} conflicts to decide")
    return bool(found)

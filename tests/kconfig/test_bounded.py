"""A question to the solver ends, however hard it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from pysat.solvers import Glucose4

from reviewbot.budget import LIMITS
from reviewbot.errors import BudgetError
from reviewbot.kconfig import bounded


def test_a_question_that_runs_into_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven pigeons find no room in six holes: to prove it takes more than ten conflicts."""
    place = [[6 * pigeon + hole + 1 for hole in range(6)] for pigeon in range(7)]
    clauses = [*place, *([-one[hole], -other[hole]] for hole in range(6) for one, other in combinations(place, 2))]
    with Glucose4(bootstrap_with=clauses) as solver:
        assert bounded.holds(solver, []) is False
    monkeypatch.setattr(bounded, "LIMITS", replace(LIMITS, conflicts=10))
    with Glucose4(bootstrap_with=clauses) as solver, pytest.raises(BudgetError, match="more than 10 conflicts"):
        bounded.holds(solver, [])

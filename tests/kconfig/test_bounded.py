"""A question to the solver ends, however hard it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from pysat.solvers import Glucose4

from reviewbot.budget import LIMITS
from reviewbot.errors import BudgetError
from reviewbot.kconfig import bounded, solving
from reviewbot.kconfig.reading import read_model
from reviewbot.logic import Ternary, parse_condition
from reviewbot.source import MemoryTree
from reviewbot.text import decode


def _place() -> tuple[list[list[int]], list[list[int]]]:
    """Return the clauses that put each of seven pigeons into one of six holes, and those that leave room for one."""
    place = [[6 * pigeon + hole + 1 for hole in range(6)] for pigeon in range(7)]
    return place, [[-one[hole], -other[hole]] for hole in range(6) for one, other in combinations(place, 2)]


def test_a_question_that_runs_into_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven pigeons find no room in six holes: to prove it takes more than ten conflicts."""
    clauses = [clause for part in _place() for clause in part]
    with Glucose4(bootstrap_with=clauses) as solver:
        assert bounded.holds(solver, []) is False
    monkeypatch.setattr(bounded, "LIMITS", replace(LIMITS, conflicts=10))
    with Glucose4(bootstrap_with=clauses) as solver, pytest.raises(BudgetError, match="more than 10 conflicts"):
        bounded.holds(solver, [])


def test_behind_hard_questions_less_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question that was too hard halves what the next one may take, down to what an easy one needs."""
    clauses = [clause for part in _place() for clause in part]
    with Glucose4(bootstrap_with=clauses) as solver, pytest.raises(BudgetError, match="more than 40 conflicts"):
        bounded.holds(solver, [], halved=99)
    tried: list[int] = []

    def hard(_solver: object, _assumptions: object, *, halved: int) -> bool:
        tried.append(halved)
        raise BudgetError("too hard")

    monkeypatch.setattr(solving, "holds", hard)
    tree = MemoryTree({"Kconfig": "".join(f'config X{i}\n\tbool "x"\n' for i in range(20))})
    model = read_model(lambda path: decode(tree.read(path) or b"") or None, surroundings={})
    questions = solving.Questions(model, "demo")
    for number in range(10):
        assert questions.can(parse_condition(f"X{2 * number} && X{2 * number + 1}")) is Ternary.UNKNOWN
        assert questions.ask(parse_condition(f"X{2 * number} || X{2 * number + 1}")).ternary is Ternary.UNKNOWN
    assert tried == list(range(len(tried)))
    assert len(tried) >= 20

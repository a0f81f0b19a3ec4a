"""Conditions simplify, print sorted, and are compared as truth tables."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.errors import BudgetError, UsageError
from reviewbot.logic import (
    FALSE,
    TRUE,
    And,
    Cond,
    Not,
    Or,
    Ternary,
    Var,
    difference,
    equivalent,
    parse_condition,
    parting,
)

A, B, C = Var("A"), Var("B"), Var("C")

conditions = st.recursive(
    st.sampled_from([A, B, C, TRUE, FALSE]),
    lambda inner: st.one_of(st.builds(Not, inner), st.builds(And, inner, inner), st.builds(Or, inner, inner)),
    max_leaves=12)


def test_constants_and_duplicates_vanish() -> None:
    """A conjunction with TRUE, twice the same part or a contradiction is as short as it can be."""
    assert And(A, TRUE, A) == A
    assert And(A, Not(A)) == FALSE
    assert Or(A, Not(A)) == TRUE
    assert And() == TRUE
    assert Or() == FALSE


def test_absorption_and_resolution() -> None:
    """What an outer literal decides does not stand inside again."""
    assert Or(A, And(A, B)) == A
    assert And(A, Or(Not(A), B)) == And(A, B)


def test_text_is_sorted() -> None:
    """The same condition prints the same, however it was put together."""
    assert str(And(B, A)) == str(And(A, B)) == "A && B"
    assert str(Not(And(A, Or(B, C)))) == "!A || (!B && !C)"
    assert str(Not(Var("demo() == 0"))) == "!(demo() == 0)"


@pytest.mark.parametrize(("text", "want"), [
    ("DEBUG_PAGEALLOC && !MMU", And(Var("CONFIG_DEBUG_PAGEALLOC"), Not(Var("CONFIG_MMU")))),
    ("CONFIG_X=m", Var("CONFIG_X_MODULE")),
    ("X != n", Or(Var("CONFIG_X"), Var("CONFIG_X_MODULE"))),
    ("rodata_full || (1 && 0)", Var("rodata_full")),
])
def test_parse(text: str, want: Cond) -> None:
    """Kconfig names get their prefix, C names stay."""
    assert parse_condition(text) == want


@pytest.mark.parametrize("text", ["", "A &&", "(A", "A B", "A = q", "&& A", "A @ B"])
def test_parse_refuses(text: str) -> None:
    """What is no condition is refused with one line."""
    with pytest.raises(UsageError):
        parse_condition(text)


@given(conditions)
def test_simplified_conditions_keep_their_truth_table(cond: Cond) -> None:
    """Parsing what a condition prints gives the same truth table."""
    named = cond.replace(lambda name: Var(name.lower()))
    assert equivalent(parse_condition(str(named)), named)


@given(conditions, conditions)
def test_difference_is_a_witness(left: Cond, right: Cond) -> None:
    """A difference is an assignment under which exactly one side holds."""
    witness = difference(left, right)
    if witness is None:
        assert equivalent(left, right)
    else:
        assert left.evaluate(witness) is not right.evaluate(witness)


@given(conditions, conditions)
def test_parting_is_where_they_differ(left: Cond, right: Cond) -> None:
    """What `parting` says holds exactly for the values under which one condition holds and the other does not."""
    assert equivalent(parting(left, right), Or(And(left, Not(right)), And(Not(left), right)))


def test_open_variables_stay_open() -> None:
    """An unnamed variable gives UNKNOWN unless the rest decides."""
    assert And(A, B).evaluate({"A": True}) is Ternary.UNKNOWN
    assert And(A, B).evaluate({"A": False}) is Ternary.NO
    assert Or(A, B).evaluate({"A": True}) is Ternary.YES


def test_truth_tables_have_a_budget() -> None:
    """Seventeen variables are refused instead of taking minutes."""
    wide = And(*(Var(f"V{n}") for n in range(17)))
    with pytest.raises(BudgetError):
        difference(wide, FALSE)


def test_a_condition_survives_another_process() -> None:
    """What is handed to a worker is equal there to what the worker makes itself, whatever its hashes are."""
    condition = And(Var("CONFIG_A"), Or(Not(Var("b")), Var("c")))
    copy = pickle.loads(pickle.dumps(condition))
    assert copy == condition
    assert hash(copy) == hash(condition)
    assert str(copy) == str(condition)
    assert b"_hash" not in pickle.dumps(condition)


def test_a_condition_has_levels_up_to_a_bound() -> None:
    """Brackets and signs are read at any depth; `&&` inside `||` inside `&&` is refused before Python's stack ends."""
    assert parse_condition(f"{'(' * 5000}{'!' * 5000}A{')' * 5000}") == parse_condition("A")
    deep = "".join(f"(V{n} {'&&' if n % 2 else '||'} " for n in range(3000))
    with pytest.raises(UsageError, match="levels deep"):
        parse_condition(f"{deep}A{')' * 3000}")

"""When a call does its work, for those who come to it: what is asked in front of it on both sides is no part of it."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import TRUE, And, Cond, Not, Var
from reviewbot.review.page.effects import can_fail_now, works

PRESENT, GUEST, OPTION = Not(Var("page_present(page)")), Var("demo_is_guest()"), Var("CONFIG_DEMO")
WORKS = Var("demo_full")


def _cell(before: Cond | None, after: Cond | None) -> Cell:
    effect = Effect(resolves_to="mm/a.c:1", via=(), does="set_memory_ro() acts", may_fail=False, errnos=(),
                    on_failure="cannot-fail", symbol="set_memory_ro", acts=WORKS)
    return Cell(patch="1", file="mm/b.c", function="demo", call="set_memory_ro(a, 1)", arch="x86", config=(),
                before=replace(effect, acts=TRUE, only=before), after=replace(effect, only=after))


def test_a_test_on_both_sides_is_no_part_of_it() -> None:
    """The caller's own question has no word for a user, and is the same before and after."""
    assert works(_cell(PRESENT, PRESENT)) == (TRUE, WORKS)
    assert works(_cell(None, None)) == (TRUE, WORKS)


def test_a_test_of_one_side_and_an_option_are_parts_of_it() -> None:
    """What only one side asks decides when the call is made, and so does what a configuration says."""
    assert works(_cell(PRESENT, And(PRESENT, GUEST))) == (TRUE, And(WORKS, GUEST))
    assert works(_cell(And(PRESENT, OPTION), OPTION)) == (And(PRESENT, OPTION), And(WORKS, OPTION))


def test_another_function_that_can_fail_and_that_nobody_looks_after() -> None:
    """What could not fail gives way to what can: only with errors that are known, and where they are lost."""
    cell = _cell(None, None)
    fails = replace(cell.after, symbol="set_memory_x", may_fail=True, errnos=("ENOMEM",), on_failure="warned")
    assert can_fail_now(replace(cell, after=fails))
    assert not can_fail_now(replace(cell, after=replace(fails, errnos=())))
    assert not can_fail_now(replace(cell, after=replace(fails, on_failure="handled")))
    assert not can_fail_now(replace(cell, after=replace(fails, symbol="set_memory_ro")))

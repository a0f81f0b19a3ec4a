"""The configurations that the effects of a call are told for."""

from __future__ import annotations

from collections.abc import Mapping

from reviewbot.findings.types import Effect
from reviewbot.logic import And, Cond, Not, Or, Ternary, Var
from reviewbot.review.rows import Effects, rows

A, B = Var("CONFIG_A"), Var("CONFIG_B")
NONE = Effect(resolves_to="absent", via=(), does="nothing is called", may_fail=False, errnos=(),
              on_failure="cannot-fail")
CALLED = Effect(resolves_to="mm/demo.c:1", via=(), does="demo() flushes", may_fail=False, errnos=(),
                on_failure="cannot-fail")


def told(before: Cond, after: Cond, built: Cond) -> list[dict[str, str]]:
    """Return the configurations of the rows for a call that is made under these conditions, where the line is built."""
    def effects(values: Mapping[str, bool]) -> Effects:
        return tuple(CALLED if one.evaluate(values) is Ternary.YES else NONE for one in (before, after))  # type: ignore[return-value]

    def possible(config: Cond) -> bool:
        return any(And(config, built).evaluate({"CONFIG_A": a, "CONFIG_B": b}) is Ternary.YES
                   for a in (False, True) for b in (False, True))

    return [config for config, _ in rows(("CONFIG_A", "CONFIG_B"), effects, possible)]


def test_what_lets_the_line_be_where_one_option_is_not_set_is_named() -> None:
    """Of `A || B` the second is what a kernel without the first needs."""
    assert told(A, Or(A, B), Or(A, B)) == [{"A": "n", "B": "y"}, {"A": "y"}]


def test_what_the_call_does_not_depend_on_is_left_out() -> None:
    """An option that changes nothing is no part of a row, whatever Kconfig makes of it."""
    assert told(A, Not(A), Or(A, B)) == [{"A": "n"}, {"A": "y"}]

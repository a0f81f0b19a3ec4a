"""How many pages a call is made for, where that is a number or a choice between numbers: the same, fewer or more."""

from __future__ import annotations

from typing import Literal

from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.leaves import Leaf
from reviewbot.checks.values import cases_of, constants_anywhere, known_values, number_of
from reviewbot.logic import FALSE, TRUE, And, Cond, Not
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Count", "compare_counts", "count_of"]

_LONGEST = 60
_NAME = regex(r"[A-Z_][A-Z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The numbers of pages that a call may be made for, each with when it is that one.

    `argument` is its place among the arguments of the family's function, `text` what stands there; `name` is the
    constant that it comes down to, empty for a plain number.
    """

    cases: tuple[tuple[Cond, int], ...]
    argument: int
    text: str
    name: str = ""

    @property
    def said(self) -> str:
        """Return the numbers in words: `1`, `2 where demo_both(), else 1`; empty where that would be too long."""
        if len(self.cases) == 1:
            return str(self.cases[0][1])
        (first, one), (second, other), *more = self.cases
        words = f"{one} where {first}, else {other}"
        return words if not more and second == Not(first) and len(words) <= _LONGEST else ""


def count_of(analysis: Analysis, side: Side, path: str, call: Call, leaf: Leaf) -> Count | None:
    """Return for how many pages the call, in `path` at that moment, comes to the family's function; None where that is
    no number."""
    known = analysis.family.get(leaf.primitive)
    number = known.count_argument if known is not None else None
    arguments = leaf.arguments or call.arguments
    if number is None or number >= len(arguments):
        return None
    constants = constants_anywhere(side.tree, (path,))
    plain = [(name, options) for name, options in call.values if len(options) == 1]  # else who knows when it is which
    told = cases_of(arguments[number], known_values(plain, {}, constants), constants)
    numbers = tuple((when, number_of(text, constants)) for when, text in told)
    if not numbers or any(value is None for _, value in numbers):
        return None
    name = told[0][1] if len(told) == 1 and told[0][0] == TRUE and _NAME.fullmatch(told[0][1]) else ""
    return Count(cases=tuple((when, value) for when, value in numbers if value is not None), argument=number,
                 text=arguments[number], name=name)


def compare_counts(before: Count, after: Count) -> Literal["same", "fewer", "more", "other"]:
    """Return whether there are as many pages as before whatever holds, never more, never fewer, or now one and now the
    other."""
    pairs = [(old, new) for when, old in before.cases for then, new in after.cases if And(when, then) != FALSE]
    if all(old == new for old, new in pairs):
        return "same"
    return "fewer" if all(new <= old for old, new in pairs) else "more" if all(new >= old for old, new in pairs) \
        else "other"

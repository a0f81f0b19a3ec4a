"""How the steps of a function become those that it has after a patch, and which of them have kept their place."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from reviewbot.contracts.outline import Outline

__all__ = ["Edit", "edits_between", "staying"]

_MOST_COMPARED = 250_000  # pairs of steps: what lies between the ends that two longer functions share is one change

Edit = tuple[str, int, int, int, int]
"""As difflib says it: `equal`, `replace`, `delete` or `insert`, then the first step and the one behind the last, of the
function before the patch and of the one after it."""


def edits_between(old: Outline, new: Outline) -> tuple[Edit, ...]:
    """Return how the steps before the patch become those after it, in order."""
    return _edits(*(tuple(one.said(step) for step in one.steps) for one in (old, new)))


def staying(old: Outline, new: Outline) -> frozenset[int]:
    """Return the numbers of the steps before the patch that have kept their place among the others."""
    return frozenset(number for tag, first, last, _, _ in edits_between(old, new) if tag == "equal"
                     for number in range(first, last))


@lru_cache(maxsize=64)
def _edits(was: tuple[str, ...], now: tuple[str, ...]) -> tuple[Edit, ...]:
    first = last = 0
    if len(was) * len(now) > _MOST_COMPARED:
        first = _common(was, now)
        last = _common(was[first:][::-1], now[first:][::-1])
    ends = len(was) - last, len(now) - last
    found: list[Edit] = [("equal", 0, first, 0, first)] if first else []
    if (ends[0] - first) * (ends[1] - first) <= _MOST_COMPARED:
        between = SequenceMatcher(None, was[first:ends[0]], now[first:ends[1]], autojunk=False).get_opcodes()
        found += [(tag, first + a, first + b, first + c, first + d) for tag, a, b, c, d in between]
    else:
        found.append(("replace", first, ends[0], first, ends[1]))
    return (*found, ("equal", ends[0], len(was), ends[1], len(now))) if last else tuple(found)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many entries both begin with."""
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                min(len(one), len(other)))

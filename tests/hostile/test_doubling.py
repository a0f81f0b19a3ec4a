"""What a mail repeats costs as often as it is repeated: counted in calls, so that no clock and no machine matters."""

from __future__ import annotations

import gc
import sys
from functools import _lru_cache_wrapper
from types import FrameType

import pytest
from shapes import SHAPES
from shapes_of_code import CODE_SHAPES
from shapes_of_rules import RULE_SHAPES
from test_shapes import TREE

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.report.answerable import spots_of
from reviewbot.review import review_series
from reviewbot.series import choose_series, find_series
from reviewbot.source import DirectoryTree, apply_series, fragments

pytestmark = [pytest.mark.hostile]

SIZES = {"again": 200, "calls": 40, "cases": 30, "diamonds": 30, "elifs": 70, "files": 20, "functions": 120,
         "labels": 30, "ladder": 10, "members": 30, "nested": 80, "objects": 40, "one quantity": 20, "options": 80,
         "patches": 15, "reach": 15, "scenarios": 20, "web": 40}
"""The smallest number of repetitions at which what does not matter is small, and what each of them may say of those
before it (64 arms, 64 levels of an expression, 4000 bytes of a list) has reached its bound."""
BARE = ("calls", "diamonds", "elifs", "files", "functions", "labels", "nested", "patches")
"""What is reviewed without a tree, too: from its hunks alone."""
MOST = 2.5
"""How much more the second doubling may cost than the first: 2 where each repetition costs the same, 4 where each is
compared with each."""
MOST_CALLS = 60_000_000
"""What no size may cost, calls and returns: some ten seconds of a slow machine."""


def forget() -> None:
    """Empty every cache of the program: a size must not find what another one has left."""
    for one in gc.get_objects():
        if isinstance(one, _lru_cache_wrapper):
            one.cache_clear()


def calls_for(shape: str, size: int, *, bare: bool = False) -> int:
    """Return how many functions are called for the mail's review: on the example's tree, or `bare`, from its hunks."""
    mail = (SHAPES | CODE_SHAPES | RULE_SHAPES)[shape][0](size).encode()
    forget()
    knowledge, count = load_knowledge(()), 0

    def seen(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(seen)
    try:
        series = choose_series(find_series(read_source(mail, name=shape)))
        patched = fragments(series, kernel="6.12") if bare else apply_series(series, DirectoryTree(TREE))
        spots_of(review_series(series, patched, knowledge, version=parse_version("6.12")))
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", sorted(SIZES))
def test_twice_as_much_of_it_costs_little_more_than_twice(shape: str) -> None:
    """The second doubling of a mail costs about twice what the first one does."""
    calls_for(shape, SIZES[shape])  # what a process does once (modules, patterns) is no part of the first size
    small, double, fourfold = (calls_for(shape, SIZES[shape] * factor) for factor in (1, 2, 4))
    hold(small, double, fourfold)


@pytest.mark.parametrize("shape", BARE)
def test_twice_as_much_without_a_tree_costs_little_more_than_twice(shape: str) -> None:
    """The second doubling of a mail costs about twice what the first one does where only its hunks are known."""
    calls_for(shape, SIZES[shape], bare=True)
    hold(*(calls_for(shape, SIZES[shape] * factor, bare=True) for factor in (1, 2, 4)))


def hold(small: int, double: int, fourfold: int) -> None:
    """Fail where the cost of a size grows faster than the size."""
    assert fourfold - double <= MOST * max(double - small, 0), (small, double, fourfold)
    assert max(small, double, fourfold) <= MOST_CALLS

"""A new call that can fail on some architectures alone is told of all that make it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewbot.review.page.conclusion import _with_loss
from reviewbot.review.page.merging import _as_one_call, _folded, _over_settings
from reviewbot.review.page.types import PageRow, Weight

from .test_moments import LOST

SAFE = replace(LOST, kind="new", verdict="different", config="A=y", reason="",
               gist="the new seal() makes text read-only")
FAILING = replace(SAFE, arch=("x86",), config="", because=("cell-2",))


@pytest.mark.parametrize("reason", ["a failure is handed on", "a failure is dealt with"])
def test_a_failure_that_is_looked_after_splits_no_row(reason: str) -> None:
    """It is one row for both architectures, which says nothing of a failure."""
    [row] = _folded(_over_settings(_as_one_call([SAFE, replace(FAILING, reason=reason)])))
    assert (sorted(row.arch), row.config, row.reason) == (["arm64", "x86"], "A=y on arm64", "")
    assert row.because == ("cell-1", "cell-2")


def test_a_failure_that_is_lost_is_a_row_of_its_own() -> None:
    """Where nobody looks after the failure, the architectures on which it can come are what matters."""
    lost = replace(FAILING, reason="a failure is dropped", verdict="worse")
    assert lost in _over_settings(_as_one_call([SAFE, lost]))


def test_a_call_that_can_fail_everywhere_says_what_becomes_of_it() -> None:
    """Without one that cannot fail nothing is left out."""
    everywhere = [replace(FAILING, reason="a failure is handed on"), replace(SAFE, reason="a failure is handed on")]
    assert _as_one_call(everywhere) == everywhere


def test_a_row_for_the_worse_is_summed_up_with_what_is_bad_about_it() -> None:
    """That memory is mapped is nothing bad; that nobody looks after a failure is."""
    weight = Weight(value=1, consequence="lost", reach="developer", certainty="derived")
    row = PageRow(id="row-1", arch=("x86",), config="", verdict="worse", patch=1, file="a.c", line=1, weight=weight,
                  statement="seal() now maps text: a failure is dropped", because=(), gist="seal() now maps text")
    assert _with_loss(row) == "seal() now maps text, and a failure is dropped"
    assert _with_loss(replace(row, verdict="different")) == "seal() now maps text"

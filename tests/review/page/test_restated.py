"""A row that a call is new says nothing where another row says what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.review.page.merging import without_restated

from .test_moments import LOST

WRONG = replace(LOST, kind="finding", verdict="worse", patch=2, file="mm/demo.c", line=30, functions=("demo_seal",),
                gist="demo_seal() makes memory executable only where demo_on holds")
NEW = replace(WRONG, kind="new", verdict="different", arch=("arm64", "x86"),
              gist="demo_seal() now makes memory executable only where demo_on")


def test_a_new_call_of_which_a_finding_says_what_is_wrong_is_no_row() -> None:
    """The same line of the same patch, on whatever architectures, in the same function."""
    assert without_restated([WRONG, NEW]) == [WRONG]
    assert without_restated([NEW, WRONG]) == [WRONG]


def test_a_new_call_elsewhere_stays() -> None:
    """Another line, patch, function or condition, another kind of row, and a finding of no harm are news."""
    for other in (replace(NEW, line=31), replace(NEW, patch=3), replace(NEW, file="mm/far.c"),
                  replace(NEW, functions=("demo_open",)), replace(NEW, kind="lost"),
                  replace(NEW, gist="demo_seal() now makes memory executable"),
                  replace(NEW, gist="demo_seal() now makes memory executable only where demo_off")):
        assert without_restated([WRONG, other]) == [WRONG, other]
    better = replace(WRONG, verdict="better")
    assert without_restated([better, NEW]) == [better, NEW]

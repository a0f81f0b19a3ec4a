"""Cells of behaviour are summed up without losing a difference."""

from __future__ import annotations

from dataclasses import replace

import report_sample as sample

from reviewbot.findings.types import Cell
from reviewbot.report.behaviour import say_effect, say_failure, sum_up


def cell(arch: str, config: str, *, changed: bool) -> Cell:
    after = sample.effect(does="something else") if changed else sample.effect()
    return Cell(patch="1", file="a.c", function="f", call="g", arch=arch, before=sample.effect(), after=after,
                config=(("A", config), ("MMU", "y")))


def test_equal_cells_become_one_sentence() -> None:
    """Architectures without a difference in any configuration are named in one sentence."""
    (call,) = sum_up([cell(arch, config, changed=False) for arch in ("x86", "arm64") for config in "ny"])
    assert call.rows == ()
    assert call.same == ("No change on arm64 and x86.",)
    assert call.always == "MMU=y"


def test_a_difference_names_where_and_when() -> None:
    """A difference under one of two configurations says which; the other one is said not to change."""
    (call,) = sum_up([cell("x86", "n", changed=False), cell("x86", "y", changed=True), cell("arm64", "n", changed=True),
                      cell("arm64", "y", changed=True)])
    assert [(row.where, row.when) for row in call.rows] == [("arm64", ""), ("x86", "A=y")]
    assert call.same == ("No change on x86 with A=n.",)


def test_calls_that_change_alike_stand_together() -> None:
    """Two calls of one patch with the same difference share one entry that names both."""
    first = cell("x86", "y", changed=True)
    (entry,) = sum_up([first, replace(first, function="other")])
    assert [place.function for place in entry.places] == ["f", "other"]


def test_only_the_outcome_counts() -> None:
    """A definition further down or in another file, or another helper on the way, does what it did."""
    moved = replace(cell("x86", "y", changed=False), after=sample.effect(resolves_to="arch/x86/mm/pat/set_memory.c:9"))
    assert sum_up([moved])[0].rows == ()
    assert sum_up([replace(moved, after=sample.effect(via=("other_helper",)))])[0].rows == ()
    elsewhere = replace(moved, after=sample.effect(resolves_to="arch/x86/mm/init.c:2651"))
    assert sum_up([elsewhere])[0].rows == ()
    other = replace(moved, after=replace(sample.effect(), does="flushes nothing"))
    assert len(sum_up([other])[0].rows) == 1


def test_architectures_that_differ_alike_share_a_row() -> None:
    """Two architectures with the same difference share a row that names both definitions."""
    first = cell("x86", "y", changed=True)
    second = replace(first, arch="s390", before=sample.effect(resolves_to="arch/s390/mm/pageattr.c:7"))
    (entry,) = sum_up([first, second])
    assert [row.where for row in entry.rows] == ["s390 and x86"]
    assert entry.rows[0].places_before == ("arch/s390/mm/pageattr.c:7 via kernel_map_pages",
                                           "arch/x86/mm/pat/set_memory.c:2651 via kernel_map_pages")


def test_order_is_by_patch_with_the_series_last() -> None:
    """Patch 2 comes before patch 10, and the sum over the series after both."""
    cells = [Cell(patch=p, file="a.c", function="f", call="g", arch="x86", config=(), before=sample.effect(),
                  after=sample.effect()) for p in ("series", "10", "2")]
    assert [call.patch for call in sum_up(cells)] == ["2", "10", "series"]


def test_effects_in_words() -> None:
    """An effect says what is done, whether it can fail and what becomes of a failure."""
    assert say_failure(sample.effect()) == "may fail with -ENOMEM; a failure is dropped"
    assert say_failure(sample.effect(may_fail=False, on_failure="cannot-fail")) == "cannot fail"
    assert say_failure(sample.effect(may_fail=False, on_failure="handled")) == "results inside are tested"
    assert say_failure(sample.effect(may_fail=False, known=False, on_failure="dropped")) == (
        "if it fails, a failure is dropped")
    assert say_failure(sample.effect(may_fail=False)) == "a failure inside is dropped"
    assert say_effect(sample.effect(resolves_to="absent", does="")) == "no such call"

"""b4 reads one entry with a status, a summary and details."""

from __future__ import annotations

import json
from typing import Any

import pytest
import report_sample as sample

from reviewbot.report import render_b4
from reviewbot.review.types import Review


def entry_of(review: Review, *, patch: int | None = None) -> dict[str, Any]:
    (entry,) = json.loads(render_b4(review, patch=patch))
    assert list(entry) == ["tool", "status", "summary", "url", "details"]
    assert isinstance(entry["details"], str)
    return dict(entry)


def test_series_entry_has_the_worst_status(review: Review) -> None:
    """The series fails when one patch does, and the summary counts what is new."""
    entry = entry_of(review)
    assert entry["status"] == "fail"
    assert entry["summary"] == "1 error, 1 warning, 1 question"


def test_patch_entry_speaks_of_that_patch(review: Review) -> None:
    """A patch with a question warns; one with only an old defect passes and lists it as old."""
    assert entry_of(review, patch=2)["status"] == "warn"
    quiet = entry_of(review, patch=3)
    assert quiet["status"] == "pass"
    assert "(old) mm/pool.c:43" in quiet["details"]


@pytest.mark.parametrize(("level", "status"), [("error", "fail"), ("warning", "warn"), ("question", "warn"),
                                               ("note", "pass")])
def test_levels_become_statuses(level: str, status: str) -> None:
    """Each level has its status; silenced findings pass."""
    assert entry_of(sample.make_review(findings=(sample.finding(level=level),)))["status"] == status
    silenced = sample.finding(level=level, suppressed="known")
    assert entry_of(sample.make_review(findings=(silenced,)))["status"] == "pass"


def test_nothing_found_says_what_was_looked_at() -> None:
    """Without findings the entry passes with the coverage line."""
    entry = entry_of(sample.make_review(findings=()))
    assert entry["status"] == "pass"
    assert entry["summary"].startswith("nothing found; checked 9 calls in 6 functions")


def test_details_are_a_list_that_b4_shows(review: Review) -> None:
    """The details are JSON themselves, a list of status and description."""
    details = json.loads(entry_of(review)["details"])
    assert [line["status"] for line in details] == ["fail", "warn", "warn", "pass", "pass", "pass"]

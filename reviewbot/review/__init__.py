"""A finished review: findings, behaviour, claims and the level set of one series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
    from reviewbot.review.ahead import expect_questions
    from reviewbot.review.engine import MAIN_ARCHES, Knowledge, not_reviewed, review_series
    from reviewbot.review.page.versions import with_previous
    from reviewbot.review.types import Coverage, Review, Timing

__all__ = ["MAIN_ARCHES", "Coverage", "Knowledge", "Review", "Timing", "expect_questions", "not_reviewed",
           "review_series", "with_previous"]

# Loaded when first asked for: a review that is kept needs no engine.
_HOMES = {
    "Coverage": "types",
    "Knowledge": "engine",
    "MAIN_ARCHES": "engine",
    "Review": "types",
    "Timing": "types",
    "expect_questions": "ahead",
    "not_reviewed": "engine",
    "review_series": "engine",
    "with_previous": "page.versions",
}

__getattr__ = exports_of(__name__, _HOMES)

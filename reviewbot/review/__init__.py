"""A finished review: findings, behaviour, claims and the level set of one series."""

from reviewbot.review.engine import MAIN_ARCHES, Knowledge, not_reviewed, review_series
from reviewbot.review.types import Coverage, Review, Timing

__all__ = ["MAIN_ARCHES", "Coverage", "Knowledge", "Review", "Timing", "not_reviewed", "review_series"]

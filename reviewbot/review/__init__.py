"""A finished review: findings, behaviour, claims and the level set of one series."""

from reviewbot.review.types import Coverage, Review, Timing

__all__ = ["Coverage", "Review", "Timing"]

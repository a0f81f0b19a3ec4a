"""A finished review: findings, behaviour, claims and the level set of one series."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.review.engine import MAIN_ARCHES, Knowledge, not_reviewed, review_series
    from reviewbot.review.page.versions import with_previous
    from reviewbot.review.types import Coverage, Review, Timing

__all__ = ["MAIN_ARCHES", "Coverage", "Knowledge", "Review", "Timing", "not_reviewed", "review_series", "with_previous"]

# Loaded when first asked for: a review that is kept needs no engine.
_HOMES = {
    "Coverage": "types",
    "Knowledge": "engine",
    "MAIN_ARCHES": "engine",
    "Review": "types",
    "Timing": "types",
    "not_reviewed": "engine",
    "review_series": "engine",
    "with_previous": "page.versions",
}


def __getattr__(name: str) -> object:
    """Return what the package exports, out of the module that has it."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{home}"), name)

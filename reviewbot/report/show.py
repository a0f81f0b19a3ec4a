"""How much of a review a form for people shows."""

from __future__ import annotations

from reviewbot.values import dataclass

__all__ = ["PAGE", "Show"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What is shown beside the first page: everything, the old defects, what gave each line its place."""

    full: bool = False
    old: bool = False
    why: bool = False


PAGE = Show()

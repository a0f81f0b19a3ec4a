"""A place that uses a function."""

from __future__ import annotations

from reviewbot.logic import Cond
from reviewbot.values import dataclass

__all__ = ["User"]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A place that uses a function: the `#if` nest of the line, and the function around it, empty for none."""

    file: str
    nest: Cond
    function: str

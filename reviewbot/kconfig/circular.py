"""Answers that rest on each other in circles: each is what it is, wherever in the circle one starts to ask."""

from __future__ import annotations

from collections.abc import Callable

from reviewbot.logic import FALSE, Cond

__all__ = ["Circular"]


class Circular:
    """Conditions by name, each found from others; what only itself leads to is never.

    A condition that was found while another one of its circle was still open lacks what that one brings, so it counts
    for that question only and is not kept.
    """

    def __init__(self, find: Callable[[str], Cond]) -> None:
        """`find` looks for the condition of a name, and asks this object for others on the way."""
        self._find = find
        self._known: dict[str, Cond] = {}
        self._open: set[str] = set()
        self._met: set[str] = set()

    def get(self, name: str) -> Cond:
        """Return the condition of the name."""
        known = self._known.get(name)
        if known is not None:
            return known
        if name in self._open:
            self._met.add(name)
            return FALSE
        before, self._met = self._met, set()
        self._open.add(name)
        try:
            found = self._find(name)
        finally:
            self._open.discard(name)
            rests_on = self._met - {name}
            self._met = before | rests_on
        if not rests_on:
            self._known[name] = found
        return found

"""The steps of a way through a function, and the statements that they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from reviewbot.cfacts.graph import Op

__all__ = ["Way", "is_another"]

_T = TypeVar("_T")


def is_another(before: tuple[Op, str], step: tuple[Op, str]) -> bool:
    """Return whether a step belongs to another statement than the one before it."""
    last, now = before[0], step[0]
    return bool((now.start, now.end) != (last.start, last.end) or now.kind == "clean" or last.kind == "clean"
                or before[1])


class Way(Generic[_T]):
    """The steps of a way that is cut back and goes on elsewhere, and the statements that they make.

    What two ways begin with is worded once.
    """

    def __init__(self, worded: Callable[[list[tuple[Op, str]]], _T]) -> None:
        """Begin with no step; `worded` makes a statement of its steps."""
        self.steps: list[tuple[Op, str]] = []
        self._worded = worded
        self._done: list[_T] = []
        self._begins: list[tuple[int, int]] = []  # of each step: where its statement begins, how many are done before

    def append(self, step: tuple[Op, str]) -> None:
        """Go one step."""
        begin, done = self._begins[-1] if self._begins else (0, 0)
        if self.steps and is_another(self.steps[-1], step):
            self._done.append(self._worded(self.steps[begin:]))
            begin, done = len(self.steps), done + 1
        self.steps.append(step)
        self._begins.append((begin, done))

    def cut(self, length: int) -> None:
        """Go back to the first `length` steps."""
        if length < len(self.steps):
            del self.steps[length:], self._begins[length:]
            del self._done[self._begins[-1][1] if self._begins else 0:]

    def statements(self) -> tuple[_T, ...]:
        """Return the statements of all steps."""
        if not self.steps:
            return ()
        return (*self._done, self._worded(self.steps[self._begins[-1][0]:]))

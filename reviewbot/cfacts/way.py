"""The steps of a way through a function, and the statements that they make."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

from reviewbot.cfacts.graph import Op

__all__ = ["Mark", "Run", "Way", "is_another"]

_T = TypeVar("_T")
Mark = tuple[int, int, int]
"""How far a way has come: its steps, the statements that are done, the step at which the last one begins."""


def is_another(before: tuple[Op, str], step: tuple[Op, str]) -> bool:
    """Return whether a step belongs to another statement than the one before it."""
    last, now = before[0], step[0]
    return bool((now.start, now.end) != (last.start, last.end) or now.kind == "clean" or last.kind == "clean"
                or before[1])


class Run(Generic[_T]):
    """The steps of a whole block without its test, and the statements that they make: each way through it shares them.
    """

    def __init__(self, ops: Sequence[Op], worded: Callable[[list[tuple[Op, str]]], _T]) -> None:
        """Word every statement of the block."""
        numbered = [(number, (op, "")) for number, op in enumerate(ops) if op.kind != "test"]
        self.numbers = [number for number, _ in numbered]
        self.steps = [step for _, step in numbered]
        self.starts = [at for at, step in enumerate(self.steps) if at == 0 or is_another(self.steps[at - 1], step)]
        self.statements = [worded(self.steps[start:end]) for start, end in pairwise([*self.starts, len(self.steps)])]


class Way(Generic[_T]):
    """The steps of a way that is cut back and goes on elsewhere, and the statements that they make.

    What two ways begin with is worded once.
    """

    def __init__(self, worded: Callable[[list[tuple[Op, str]]], _T]) -> None:
        """Begin with no step; `worded` makes a statement of its steps."""
        self.steps: list[tuple[Op, str]] = []
        self._worded = worded
        self._done: list[_T] = []
        self._begin = 0

    def append(self, step: tuple[Op, str]) -> None:
        """Go one step."""
        if self.steps and is_another(self.steps[-1], step):
            self._close()
        self.steps.append(step)

    def extend(self, run: Run[_T], first: int) -> None:
        """Go the steps of a block from the operation of this number on."""
        at = bisect_left(run.numbers, first)
        group = bisect_left(run.starts, at)
        while at < len(run.steps):
            starts = group < len(run.starts) and run.starts[group] == at
            if starts and (not self.steps or is_another(self.steps[-1], run.steps[at])):
                break
            self.append(run.steps[at])
            at, group = at + 1, group + starts
        else:
            return
        if self.steps:
            self._close()
        self._begin = len(self.steps) + run.starts[-1] - at
        self.steps += run.steps[at:]
        self._done += run.statements[group:-1]

    def mark(self) -> Mark:
        """Return how far the way has come, to go on from there again."""
        return len(self.steps), len(self._done), self._begin

    def cut(self, mark: Mark) -> None:
        """Go back to a mark."""
        length, done, self._begin = mark
        del self.steps[length:], self._done[done:]

    def statements(self) -> tuple[_T, ...]:
        """Return the statements of all steps."""
        return (*self._done, self._worded(self.steps[self._begin:])) if self.steps else ()

    def _close(self) -> None:
        self._done.append(self._worded(self.steps[self._begin:]))
        self._begin = len(self.steps)

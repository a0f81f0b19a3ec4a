"""What a review may cost: limits with names, one count of steps, and what was left out because it ran out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reviewbot.errors import BudgetError, Skip
from reviewbot.values import dataclass

__all__ = ["COSTLY", "LIMITS", "Budget", "Limits"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that each thing may cost, whoever asks. The code of a kernel comes near none of them.

    `review`, `part` and `function` are steps, about ten microseconds each: of a whole review, of what one rule (or one
    call, or one table of the page) asks for, and of the paths through one function, whose length is multiplied by its
    calls. `calls` are those of all changed files together. `file_bytes` and `mentions` bound one C file,
    `function_bytes`, `nodes` and `outcomes` (calls times blocks) the body of one function; `gates` are the conditions
    of one file that are looked at, `conflicts` what the SAT solver may run into for one question.
    """

    review: int = 2_000_000
    part: int = 1_000_000
    function: int = 400_000
    calls: int = 3_000
    file_bytes: int = 8_000_000
    mentions: int = 5_000
    function_bytes: int = 300_000
    nodes: int = 60_000
    outcomes: int = 60_000
    gates: int = 300
    conflicts: int = 5_000


LIMITS = Limits()
COSTLY = frozenset({"architectures", "cells", "claims", "function", "gates", "kconfig", "level set", "page", "rule",
                    "unseen"})
"""The stages of what was left out for what it costs."""


class Budget:
    """The steps of one review. What goes over them raises BudgetError, which `attempt` makes a Skip of.

    Steps are counted by what is asked, never by what a cache happens to know, so the same input has the same report.
    """

    def __init__(self, limits: Limits = LIMITS, *, clock: Callable[[], float] | None = None,
                 seconds: float = 0.0) -> None:
        """Begin with nothing spent; where seconds are given, the clock decides and steps do not."""
        self.limits = limits
        self.used = 0
        self._clock = clock if seconds > 0 else None
        self._seconds = seconds
        self._deadline = clock() + seconds if clock and seconds > 0 else 0.0
        self._ends: list[float] = [float("inf") if self._clock else limits.review]
        self._skips: dict[Skip, None] = {}

    @property
    def skips(self) -> tuple[Skip, ...]:
        """Return what was left out, in the order in which it was."""
        return tuple(self._skips)

    def note(self, where: str, stage: str, why: str) -> None:
        """Keep that something was left out."""
        self._skips[Skip(where=where, stage=stage, why=why)] = None

    def spend(self, steps: int = 1) -> None:
        """Count the steps. Raises BudgetError when the review, or the part of it that is going on, has no more."""
        self.used += steps
        if self._is_out():
            raise BudgetError(self._spent())

    def is_beyond(self, start: int, steps: int) -> bool:
        """Return whether more than `steps` were spent since `used` was `start`, where steps decide and no clock."""
        return self._clock is None and self.used - start > steps

    def attempt(self, work: Callable[[], _T], *, where: str, stage: str,
                steps: int | None = None) -> _T | None:
        """Return what the work gives, None where its steps (those of a part) or the stack ran out: then a Skip says so.

        None also where something below made do without an answer: it may be another than with one.
        """
        if not self._is_out():
            more = float("inf") if self._clock else self.limits.part if steps is None else steps
            self._ends.append(min(self._ends[-1], self.used + more))
            try:
                done = work()
                if not self._is_out():
                    return done
            except BudgetError as error:
                self.note(where, stage, error.what)
                return None
            except RecursionError:
                self.note(where, stage, "something in it is nested too deep")
                return None
            finally:
                self._ends.pop()
        self.note(where, stage, self._spent())
        return None

    def _is_out(self) -> bool:
        return self.used > self._ends[-1] or (self._clock is not None and self._clock() > self._deadline)

    def _spent(self) -> str:
        if self._clock is not None:
            return f"the {self._seconds:g} seconds of the review are spent"
        return "it takes too many steps" if self.used <= self._ends[0] else "the steps of the review are spent"

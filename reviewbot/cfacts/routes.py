"""Paths of a function as other rooms see them: calls, statements, routes, in plain text and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from reviewbot.cfacts.graph import Op
from reviewbot.cfacts.lexer import Lines, squash_c
from reviewbot.cfacts.way import is_another
from reviewbot.logic import Ternary
from reviewbot.values import dataclass

__all__ = ["CallSite", "Passing", "Route", "Routes", "Statement", "Wording"]

_STATEMENTS_A_STEP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSite:
    """One call in a function: its callee, the texts of its arguments, and where the callee's name stands."""

    callee: str
    arguments: tuple[str, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, or the test of one, on a path: its first line, its text, and its calls in order.

    `kind`: `return`; `cleanup` for what runs by itself at the end of a variable's life; `rest` for lines that a
    fragment does not show; else `plain`. For a test `asked` is what is tested, without a `!` before it, and `branch`
    is `true` or `false`: which of them it is on this path.
    """

    line: int
    text: str
    calls: tuple[CallSite, ...]
    kind: Literal["plain", "return", "cleanup", "rest"] = "plain"
    asked: str = ""
    branch: str = ""

    @property
    def told(self) -> str:
        """Return the statement, of a test with the way that it goes: `if (ret): true`, `if (!ret): ret is false`."""
        if not self.branch:
            return self.text
        whole = f"({self.asked})" in self.text or not self.asked
        return f"{self.text}: {self.branch}" if whole else f"{self.text}: {self.asked} is {self.branch}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path behind a call, to the function's end. `ends`: `return`, `stop` (panic, BUG), `rest` (not in sight),
    `loop` (it comes back to a block it has passed). `returns` is the text of what it returns, empty for nothing."""

    statements: tuple[Statement, ...]
    ends: Literal["return", "stop", "rest", "loop"]
    returns: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Whether every path passes a call; for NO and UNKNOWN, `missing` is a path that does not (or may not)."""

    answer: Ternary
    missing: tuple[Statement, ...] = ()

class Routes:
    """Paths that are found when they are asked for, and then kept; to look at one costs steps each time."""

    def __init__(self, coming: Iterator[Route], spend: Callable[[int], None]) -> None:
        """Begin with none found."""
        self._found: list[Route] = []
        self._coming = coming
        self._spend = spend

    def __iter__(self) -> Iterator[Route]:
        """Yield the found ones, then find the others."""
        at = 0
        while True:
            if at == len(self._found):
                route = next(self._coming, None)
                if route is None:
                    return
                self._found.append(route)
            self._spend(1 + len(self._found[at].statements) // _STATEMENTS_A_STEP)
            yield self._found[at]
            at += 1

class Wording:
    """The texts of a function's operations; each run of them is worded once."""

    def __init__(self, data: bytes, lines: Lines) -> None:
        """Begin with nothing worded."""
        self._data, self._lines = data, lines
        self._said: dict[tuple[int, int, int, str], Statement] = {}

    def text(self, op: Op) -> str:
        """Return the text of the whole statement of an operation."""
        return squash_c(self._data[op.start:op.end])

    def arguments(self, op: Op) -> tuple[str, ...]:
        """Return the texts of a call's arguments."""
        if op.expr is None:
            return ()
        parts = op.expr.parts[1:] if op.expr.kind == "call" else op.expr.parts
        return tuple(squash_c(self._data[part.start:part.end]) for part in parts)

    def site(self, op: Op) -> CallSite:
        """Return a call as the other rooms see it."""
        offset = op.expr.parts[0].start if op.expr is not None and op.expr.parts else op.start
        return CallSite(callee=op.name, arguments=self.arguments(op), line=self._lines.line(offset),
                        column=self._lines.column(offset))

    def labelled(self, steps: list[tuple[Op, str]]) -> Iterator[Statement]:
        """Yield one statement for each run of operations of the same statement."""
        group: list[tuple[Op, str]] = []
        for step in steps:
            if group and is_another(group[-1], step):
                yield self.statement(group)
                group = []
            group.append(step)
        if group:
            yield self.statement(group)

    def statement(self, group: list[tuple[Op, str]]) -> Statement:
        """Return what a run of operations of one statement says, with the way out of a test."""
        key = (id(group[0][0]), id(group[-1][0]), len(group), group[-1][1])  # the operations live as long as this value
        if key not in self._said:
            self._said[key] = self._worded(group)
        return self._said[key]

    def _worded(self, group: list[tuple[Op, str]]) -> Statement:
        first = group[0][0]
        kinds = {op.kind for op, _ in group}
        line = self._lines.line(min(first.start, max(0, self._lines.size - 1)))
        if first.kind == "clean":
            return Statement(line=line, text=first.name, calls=(), kind="cleanup")
        calls = tuple(self.site(op) for op, _ in group if op.kind == "call")
        last, branch = group[-1]
        asked = squash_c(self._data[last.expr.start:last.expr.end]) if branch and last.expr is not None else ""
        return Statement(line=line, text=squash_c(self._data[first.start:first.end]), calls=calls,
                         kind="return" if "return" in kinds else "rest" if "cut" in kinds else "plain",
                         asked=asked, branch=branch)

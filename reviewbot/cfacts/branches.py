"""What a test says on each of its branches: of a result, whether the call failed; of variables, what else holds."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Literal

from reviewbot.cfacts.dataflow import guards_of
from reviewbot.cfacts.graph import Graph, Op
from reviewbot.cfacts.syntax import Expr

__all__ = ["Facts", "Failure", "KnownOnPaths", "failing_branch", "words_of"]

Failure = Literal["true", "false", "both"]
Facts = frozenset[tuple[str, bool]]
"""Tests over local variables that nothing writes in between, as text with the names last, and how each came out."""


def failing_branch(expr: Expr | None) -> Failure:
    """Return on which branch of a test of a result (0 or negative errno) the call failed."""
    if expr is None:
        return "both"
    match expr.kind:
        case "name" | "call" | "assign" | "cast" | "field" | "either" | "choice":
            return "true"
        case "unary" if expr.name == "!" and expr.parts:
            inner = failing_branch(expr.parts[0])
            return {"true": "false", "false": "true"}.get(inner, "both")  # type: ignore[return-value]
        case "comma" if expr.parts:
            return failing_branch(expr.parts[-1])
        case "binary" if len(expr.parts) == 2:
            left, right = expr.parts
            zero, swapped = right, False
            if left.kind == "literal":
                zero, swapped = left, True
            if zero.kind == "literal" and zero.name == "0":
                operator = _SWAPPED.get(expr.name, expr.name) if swapped else expr.name
                return _ZERO_TESTS.get(operator, "both")
            if expr.name in {"|", "+"}:
                return "true"
    return "both"


_SWAPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ZERO_TESTS: dict[str, Failure] = {"!=": "true", "<": "true", "==": "false", ">=": "false"}


class KnownOnPaths:
    """What the tests on a path through one graph say of the tests behind them."""

    def __init__(self, graph: Graph) -> None:
        """Take the graph; its assignments are counted when the first block is asked for."""
        self._graph = graph
        self._counts: Counter[str] | None = None

    def at(self, block: int) -> Facts:
        """Return what the guards of a block say about variables that are assigned at most once."""
        if self._counts is None:
            self._counts = Counter(op.name for each in self._graph.blocks for op in each.ops if op.kind == "assign")
        assigned = self._counts
        found: set[tuple[str, bool]] = set()
        for decision, holds in guards_of(self._graph, block):
            text = self._fact(decision.expr)
            if text and all(assigned[name] <= 1 for name in text.split()[1:]):
                found.add((text, holds))
        return frozenset(found)

    def _fact(self, expr: Expr) -> str:
        """Return a test over local variables as text, its names last; empty when it has calls or other names."""
        names = _names(expr)
        if not names or any(name not in self._graph.variables for name in names):
            return ""
        return f"{_shape(expr)} {' '.join(sorted(names))}"

    def on(self, test: Op | None, label: str, known: Facts) -> Facts | None:
        """Return what is known on a branch, None when the branch contradicts what is known already."""
        text = self._fact(test.expr) if test is not None and test.expr is not None else ""
        if not text or label not in {"true", "false"}:
            return known
        truth = label == "true"
        if (text, not truth) in known:
            return None
        return known | {(text, truth)}


@lru_cache(maxsize=1024)
def words_of(known: Facts) -> frozenset[str]:
    """Return the variables that the facts are about."""
    return frozenset(word for text, _ in known for word in text.split()[1:])


def _names(expr: Expr) -> frozenset[str]:
    """Return the variables of an expression; nothing for one that calls or assigns."""
    if expr.kind in {"call", "assign", "update", "block"}:
        return frozenset()
    inner = [_names(part) for part in expr.parts]
    if any(not names and part.kind not in {"literal", "string", "size"}
           for names, part in zip(inner, expr.parts, strict=True)):
        return frozenset()
    return frozenset({expr.name} if expr.kind == "name" else ()).union(*inner)


def _shape(expr: Expr) -> str:
    return f"{expr.kind}:{expr.name}({','.join(_shape(part) for part in expr.parts)})"

"""What a path through a function knows: which flags are set, and how the call asked about has ended.

A flag is a variable or a member (`leak`, `pool->shared`) that takes a constant or is tested. On one path a second test
of it goes the way of the first, as long as nothing else is assigned. What a callee does to a member behind a pointer is
not seen: the flag is taken to stay.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Literal

from reviewbot.cfacts.branches import failing_branch
from reviewbot.cfacts.graph import ENTRY, Graph, Op
from reviewbot.cfacts.lowering import spell
from reviewbot.cfacts.outcome import Flow
from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.worklist import spread

__all__ = ["Flags", "Known", "Result", "learned", "possible"]

Result = Literal["failure", "success", "any"]
Known = frozenset[tuple[str, bool]]
Branches = list[tuple[int, str]]
_PLAIN = {"name", "field", "index", "deref"}


class Flags:
    """The flags of a graph, and which of its operations write them: the others teach a path nothing."""

    def __init__(self, graph: Graph) -> None:
        """Find the variables and members that some test of the graph asks alone: all that a path has to remember."""
        self.names = frozenset(flag for block in graph.blocks for op in block.ops
                               if op.kind == "test" and op.expr is not None and (flag := _asked(op.expr)[0]))
        self._graph = graph
        self._places = frozenset(place for flag in self.names for place in _places(flag))
        self._writing: dict[int, list[int]] = {}
        self._entering: dict[int, Known] = {}

    def written(self, block: int, first: int) -> int | None:
        """Return the number of the block's first operation from `first` on that writes what a flag depends on."""
        numbers = self._writing.get(block)
        if numbers is None:
            numbers = self._writing[block] = [number for number, op in enumerate(self._graph.blocks[block].ops)
                                              if op.kind in {"assign", "store"} and op.name in self._places]
        at = bisect_left(numbers, first) if numbers else 0
        return numbers[at] if at < len(numbers) else None

    def pass_through(self, flow: Flow, block: int, numbers: tuple[int, int], held: frozenset[str], known: Known,
                     outcome: Result) -> tuple[frozenset[str], Known]:
        """Return the names that hold the result, and what is known, behind the operations of a block from one number
        up to another; only those are looked at that can change either."""
        number, end = numbers
        ops = self._graph.blocks[block].ops
        while True:
            touched = flow.next_touching(block, number, held) if held else None
            written = self.written(block, number)
            at = touched if written is None or (touched is not None and touched < written) else written
            if at is None or at >= end:
                return held, known
            before = held
            held, _, _ = flow.step(ops[at], held)
            known = learned(known, ops[at], flags=self.names, held=before, outcome=outcome)
            number = at + 1

    def branches(self, block: int, held: frozenset[str], known: Known, outcome: Result) -> list[tuple[int, str, Known]]:
        """Return the branches that can be taken at the end of a block, each with what is known behind it."""
        here = self._graph.blocks[block]
        follows = list(zip(here.follows, here.labels, strict=True))
        if not here.ops:
            return [(target, label, known) for target, label in follows]
        return possible(known, here.ops[-1], follows, held=held, outcome=outcome, flags=self.names)

    def entering(self, flow: Flow) -> dict[int, Known]:
        """Return what every way to each block has tested and nothing has assigned since; found once.

        `flow` is that of the same graph.
        """
        if self._entering:
            return self._entering

        def onward(block: int, known: Known) -> Iterator[tuple[int, Known]]:
            end = len(self._graph.blocks[block].ops)
            _, known = self.pass_through(flow, block, (0, end), frozenset(), known, "any")
            return ((following, then) for following, _, then in self.branches(block, frozenset(), known, "any"))

        self._entering = spread({ENTRY: frozenset()}, onward, frozenset.intersection)
        return self._entering


def learned(known: Known, op: Op, *, flags: frozenset[str], held: frozenset[str], outcome: Result) -> Known:
    """Return what is known behind an operation; `held` are the names that hold the result before it."""
    if op.kind not in {"assign", "store"}:
        return known
    known = frozenset(fact for fact in known if not _depends(fact[0], op.name))
    if op.name not in flags or op.keeps:
        return known
    if op.truth is not None:
        return known | {(op.name, op.truth)}
    if op.kind == "assign" and outcome != "any" and op.reads and op.reads <= held and op.expr is not None:
        failing = failing_branch(op.expr)
        if failing == "false" or (failing == "true" and op.expr.kind not in {"name", "call"}):
            return known | {(op.name, (failing == "true") == (outcome == "failure"))}
    return known


def possible(known: Known, op: Op, branches: Branches, *, held: frozenset[str], outcome: Result,
             flags: frozenset[str]) -> list[tuple[int, str, Known]]:
    """Return the branches that a test can take on this path, each with what is known behind it.

    A test of the result alone goes the way of the outcome, a test of a known flag the way of the flag.
    """
    if op.kind != "test" or op.name == "switch" or op.expr is None:
        return [(target, label, known) for target, label in branches]
    flag, negated = _asked(op.expr)
    found: list[tuple[int, str, Known]] = []
    told = outcome != "any" and bool(op.reads) and op.reads <= held and (flag, True) not in known \
        and (flag, False) not in known
    for target, label in branches:
        truth = label == "true"
        if told and _contradicts(op.expr, truth=truth, outcome=outcome):
            continue
        if _is_errno_test(op.expr) is truth and any((spell(part), False) in known for part in op.expr.parts):
            continue  # what is 0 is no errno
        if flag in flags and label in {"true", "false"}:
            if (flag, truth == negated) in known:
                continue
            found.append((target, label, known | {(flag, truth != negated)}))
        else:
            found.append((target, label, known))
    return found


def _contradicts(expr: Expr, *, truth: bool, outcome: Result) -> bool:
    """Return whether a call that ended so cannot take this side of a test of its result."""
    failing = failing_branch(expr)
    if failing != "both":
        return (("true" if truth else "false") == failing) != (outcome == "failure")
    return outcome == "success" and _is_errno_test(expr) is truth


def _is_errno_test(expr: Expr) -> bool | None:
    """Return the side of `ret == -EAGAIN` on which the call has failed; None for another test."""
    if expr.kind != "binary" or len(expr.parts) != 2 or expr.name not in {"==", "!="}:
        return None
    left, right = expr.parts
    errno = right if right.kind == "unary" else left
    if errno.kind != "unary" or errno.name != "-" or not errno.parts or errno.parts[0].kind not in {"name", "literal"}:
        return None
    return expr.name == "=="


def _asked(expr: Expr) -> tuple[str, bool]:
    """Return the flag that a test asks alone, and whether the test is true where the flag is not."""
    if expr.kind == "unary" and expr.name == "!" and expr.parts:
        flag, negated = _asked(expr.parts[0])
        return flag, not negated
    if expr.kind == "call" and len(expr.parts) == 2 and expr.name in {"READ_ONCE", "data_race", "likely", "unlikely"}:
        return _asked(expr.parts[1])
    if expr.kind == "binary" and expr.name in {"==", "!="} and len(expr.parts) == 2:
        constant = {"0": False, "NULL": False, "false": False, "true": True}.get(expr.parts[1].name)
        if constant is not None and expr.parts[1].kind in {"literal", "name"}:
            flag, negated = _asked(expr.parts[0])
            return flag, negated != (constant != (expr.name == "=="))
    return (spell(expr), False) if expr.kind in _PLAIN and "..." not in spell(expr) else ("", False)


def _depends(flag: str, written: str) -> bool:
    """Return whether a flag says something else once a place is written: `chan->shared` after `chan = next`."""
    return written in _places(flag)


def _places(flag: str) -> Iterable[str]:
    yield flag
    yield from re.findall(r"[A-Za-z_]\w*", flag)[:1]
    yield from re.findall(r"\[(\w+)\]", flag)
    for at in re.finditer(r"->|\.", flag):
        yield flag[:at.start()]

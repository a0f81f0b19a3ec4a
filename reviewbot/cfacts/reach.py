"""Whether one operation of a function can run after another one, and on which way."""

from __future__ import annotations

from collections.abc import Callable

from reviewbot.cfacts.dataflow import dominators, reaching
from reviewbot.cfacts.graph import ENTRY, STOP, Graph, Op
from reviewbot.cfacts.known import Flags, Known, Result
from reviewbot.cfacts.outcome import Flow, Place
from reviewbot.cfacts.worklist import Search
from reviewbot.logic import Ternary
from reviewbot.values import dataclass

__all__ = ["Start", "Way", "always_before", "can_reach", "find_way"]

_MOST_STATES = 4000
_Link = tuple["_Link | None", int, int, str]
"""A block of a way: what came before it, its number, the operation where the way enters it, the branch that it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a search begins: in front of operation `place[1]` of block `place[0]`; `held` hold the result of a call
    that has ended with `outcome`, and `known` are the flags that are set."""

    place: Place
    held: frozenset[str] = frozenset()
    known: Known = frozenset()
    outcome: Result = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Whether there is a way; for YES its operations, tests with the branch that it takes."""

    answer: Ternary
    steps: tuple[tuple[Op, str], ...] = ()


def find_way(flow: Flow, start: Start, target: Place, *, avoiding: Place | None, flags: Flags,
             spend: Callable[[int], None]) -> Way:
    """Return a shortest way from the start to the target that does not run the operation `avoiding`.

    `spend` is told what it costs and raises BudgetError when that is too much.
    """
    graph: Graph = flow.graph
    onward = reaching(graph)
    if (start.place == (ENTRY, 0) and avoiding is not None and always_before(graph, avoiding, target)) \
            or not can_reach(graph, start.place, target):
        return Way(answer=Ternary.NO)
    first_state = (*start.place, start.held, start.known)
    search: Search[tuple[int, int, frozenset[str], Known], _Link | None] = Search([(first_state, None)],
                                                                                  most=_MOST_STATES)
    for state, behind in search:
        block, first, held, known = state
        if block == STOP:
            continue
        ops = graph.blocks[block].ops
        spend(1 + len(ops) // 2)
        there, here = target[1] if target[0] == block else -1, avoiding[1] if avoiding and avoiding[0] == block else -1
        if there >= first and not first <= here < there:
            return Way(answer=Ternary.YES, steps=_steps(graph, (behind, block, first, ""), there))
        if here >= first:
            continue
        held, known = flags.pass_through(flow, block, (first, len(ops)), held, known, start.outcome)
        for following, label, then in flags.branches(block, held, known, start.outcome):
            if following != target[0] and not onward[following] >> target[0] & 1:
                continue
            search.add((following, 0, held, then), (behind, block, first, label))
    return Way(answer=Ternary.UNKNOWN if search.cut else Ternary.NO)


def can_reach(graph: Graph, place: Place, target: Place) -> bool:
    """Return whether some edges lead from a place to the target, whatever the tests on the way ask."""
    return (place[0] == target[0] and place[1] <= target[1]) or bool(reaching(graph)[place[0]] >> target[0] & 1)


def always_before(graph: Graph, earlier: Place, target: Place) -> bool:
    """Return whether every path from the function's start to the target runs the earlier operation."""
    if earlier[0] == target[0]:
        return earlier[1] < target[1]
    return bool(dominators(graph)[target[0]] >> earlier[0] & 1)


def _steps(graph: Graph, last: _Link, end: int) -> tuple[tuple[Op, str], ...]:
    """Return the operations on a way, which ends in front of operation `end` of its last block."""
    parts: list[list[tuple[Op, str]]] = []
    link: _Link | None = last
    while link is not None:
        behind, block, first, label = link
        ops = graph.blocks[block].ops
        part = [(op, "") for op in ops[first:end if link is last else len(ops)] if op.kind != "test"]
        if link is not last and ops and ops[-1].kind == "test":
            part.append((ops[-1], label))
        parts.append(part)
        link = behind
    return tuple(step for part in reversed(parts) for step in part)

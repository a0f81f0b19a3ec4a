"""Whether one operation of a function can run after another one, and on which way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from reviewbot.cfacts.graph import STOP, Graph, Op
from reviewbot.cfacts.known import Known, Result, learned, possible
from reviewbot.cfacts.outcome import Flow, Place
from reviewbot.logic import Ternary

__all__ = ["Start", "Way", "find_way"]

_MOST_STATES = 4000


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


def find_way(flow: Flow, start: Start, target: Place, *, avoiding: Place | None, flags: frozenset[str]) -> Way:
    """Return a shortest way from the start to the target that does not run the operation `avoiding`."""
    graph: Graph = flow.graph
    waiting: deque[tuple[int, int, frozenset[str], Known, tuple[tuple[Op, str], ...]]] = deque(
        [(*start.place, start.held, start.known, ())])
    seen: set[tuple[int, frozenset[str], Known]] = set()
    while waiting:
        if len(seen) > _MOST_STATES:
            return Way(answer=Ternary.UNKNOWN)
        block, first, held, known, path = waiting.popleft()
        if block == STOP:
            continue
        ops = graph.blocks[block].ops
        follows = list(zip(graph.blocks[block].follows, graph.blocks[block].labels, strict=True))
        branches = [(following, label, known) for following, label in follows]
        steps = list(path)
        ended = False
        for number in range(first, len(ops)):
            if (block, number) == target:
                return Way(answer=Ternary.YES, steps=tuple(steps))
            if (block, number) == avoiding:
                ended = True
                break
            op, before = ops[number], held
            held, _, _ = flow.step(op, held)
            known = learned(known, op, flags=flags, held=before, outcome=start.outcome)
            branches = possible(known, op, follows, held=before, outcome=start.outcome, flags=flags)
            if op.kind != "test":
                steps.append((op, ""))
        if ended:
            continue
        test = ops[-1] if ops and ops[-1].kind == "test" else None
        for following, label, then in branches:
            if (following, held, then) not in seen:
                seen.add((following, held, then))
                taken = (*steps, (test, label)) if test is not None else tuple(steps)
                waiting.append((following, 0, held, then, taken))
    return Way(answer=Ternary.NO)

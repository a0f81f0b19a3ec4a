"""Facts that flow along the edges of a function's graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from reviewbot.cfacts.graph import ENTRY, EXIT, STOP, Decision, Graph, Op, Switch
from reviewbot.cfacts.worklist import spread

__all__ = ["after_op", "beyond", "cases_of", "dominators", "guards_of", "immediate", "liveness", "post_dominators",
           "reachable", "reaching", "solve"]

Fact = TypeVar("Fact")
Edges = Sequence[Sequence[int]] | Mapping[int, Sequence[int]]
_MOST_GUARDS = 64


def solve(edges: Edges, start: dict[int, Fact], *, transfer: Callable[[int, Fact], Fact],
          join: Callable[[Fact, Fact], Fact]) -> dict[int, Fact]:
    """Return the fact before each node that `start` reaches, when nothing changes any more.

    `edges[n]` are the nodes that follow n; `join` must only ever move facts in one direction. Nodes that nothing
    reaches are absent.
    """
    def onward(node: int, fact: Fact) -> Iterator[tuple[int, Fact]]:
        after = transfer(node, fact)
        return ((following, after) for following in edges[node])

    return spread(start, onward, join, rank=_places(edges, sorted(start)))


def _places(edges: Edges, roots: Sequence[int]) -> dict[int, int]:
    """Return for each node that the roots reach its place in an order in which nodes come before what follows them,
    as far as loops allow."""
    done: list[int] = []
    seen: set[int] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        path = [(root, iter(edges[root]))]
        while path:
            node, left = path[-1]
            following = next((one for one in left if one not in seen), None)
            if following is None:
                done.append(node)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(edges[following])))
    return {node: number for number, node in enumerate(reversed(done))}


def reads_of(op: Op) -> frozenset[str]:
    """Return all names whose values an operation reads."""
    return op.reads.union(op.exposed, *op.arguments)


def before_op(op: Op, live: frozenset[str]) -> frozenset[str]:
    """Return the names that are live before an operation when `live` are live behind it."""
    if op.kind == "assign" and not op.keeps:
        live -= {op.name}
    return live | reads_of(op)


def liveness(graph: Graph) -> list[frozenset[str]]:
    """Return for each block the names whose values some path still reads where it ends."""
    def transfer(node: int, fact: frozenset[str]) -> frozenset[str]:
        for op in reversed(graph.blocks[node].ops):
            fact = before_op(op, fact)
        return fact

    empty: frozenset[str] = frozenset()
    nodes = range(len(graph.blocks))
    facts = solve(graph.predecessors(), dict.fromkeys(nodes, empty), transfer=transfer, join=lambda a, b: a | b)
    return [facts[node] for node in nodes]


def after_op(graph: Graph, live: list[frozenset[str]], block: int, number: int) -> frozenset[str]:
    """Return the names that are live just behind one operation, given the liveness of the blocks."""
    fact = live[block]
    for op in reversed(graph.blocks[block].ops[number + 1:]):
        fact = before_op(op, fact)
    return fact


def dominators(graph: Graph) -> list[int]:
    """Return for each block, as bits, the blocks on every path from the entry to it; 0 for one that none reaches."""
    if not graph.dominance:
        graph.dominance = _dominance([block.follows for block in graph.blocks], [ENTRY])
    return graph.dominance


def reaching(graph: Graph) -> list[int]:
    """Return for each block, as bits, the blocks that some path from its end comes to."""
    if not graph.reach:
        nodes = range(len(graph.blocks))
        facts = solve(graph.predecessors(), dict.fromkeys(nodes, 0), transfer=lambda node, fact: fact | 1 << node,
                      join=lambda a, b: a | b)
        graph.reach = [facts[node] for node in nodes]
    return graph.reach


def post_dominators(graph: Graph) -> list[int]:
    """Return for each block, as bits, the blocks on every path from it to where the function ends or the machine
    stops; the common end of both is bit `len(blocks)`. 0 for a block that never gets there."""
    end = len(graph.blocks)
    edges = [list(before) for before in graph.predecessors()] + [[EXIT, STOP]]
    return _dominance(edges, [end])


def _dominance(edges: Sequence[Sequence[int]], roots: list[int]) -> list[int]:
    everything = (1 << len(edges)) - 1
    facts = solve(edges, dict.fromkeys(roots, 0), transfer=lambda node, fact: fact | 1 << node,
                  join=lambda a, b: a & b)
    return [facts[node] | 1 << node if node in facts else 0 for node in range(len(edges))] if everything else []


def immediate(dominance: list[int], node: int) -> int | None:
    """Return the nearest dominator of `node` other than itself, None when there is none."""
    others = dominance[node] & ~(1 << node)
    best, most = None, -1
    while others:
        bit = others & -others
        candidate = bit.bit_length() - 1
        size = dominance[candidate].bit_count()
        if size > most:
            best, most = candidate, size
        others ^= bit
    return best


def reachable(graph: Graph, starts: Sequence[int], *, without: int | None = None) -> frozenset[int]:
    """Return the blocks that paths from `starts` reach, starts included, without passing the block `without`."""
    seen = {start for start in starts if start != without}
    waiting = sorted(seen)
    while waiting:
        for following in graph.blocks[waiting.pop()].follows:
            if following != without and following not in seen:
                seen.add(following)
                waiting.append(following)
    return frozenset(seen)


def beyond(graph: Graph, start: int, without: int) -> int:
    """Return, as bits, the blocks that paths from the start reach, itself included, without passing block `without`."""
    known = graph.beyond.get((start, without))
    if known is None:
        onward = reaching(graph)
        if start == without:
            known = 0
        elif onward[start] >> without & 1:
            known = sum(1 << block for block in reachable(graph, [start], without=without))
        else:
            known = onward[start] | 1 << start
        graph.beyond[start, without] = known
    return known


def guards_of(graph: Graph, block: int) -> list[tuple[Decision, bool]]:
    """Return the tests that must have come out one way for `block` to run, in source order, with that way.

    What the tested things are by then is not followed: a guard says what was true when it was tested.
    """
    found: list[tuple[Decision, bool]] = []
    dominance = dominators(graph)[block]
    deciding = [decision for decision in graph.decisions
                if dominance >> decision.at & 1 and decision.at != block and decision.true != decision.false]
    for decision in deciding[-_MOST_GUARDS:]:
        by_true = beyond(graph, decision.true, decision.at) >> block & 1
        by_false = beyond(graph, decision.false, decision.at) >> block & 1
        if by_true != by_false:
            found.append((decision, bool(by_true)))
    return sorted(found, key=lambda entry: entry[0].expr.start)


def cases_of(graph: Graph, block: int, *, most: int) -> list[tuple[Switch, frozenset[str]]]:
    """Return the switches of at most so many cases of which only some labels lead to `block`, in source order, with
    those labels."""
    found = []
    dominance = dominators(graph)[block] if graph.switches else 0
    for switch in graph.switches:
        if dominance >> switch.at & 1 and switch.at != block and len(switch.cases) <= most + 1:  # and `default`
            labels = frozenset(label for label, target in switch.cases
                               if beyond(graph, target, switch.at) >> block & 1)
            if labels and len(labels) < len({label for label, _ in switch.cases}):
                found.append((switch, labels))
    return sorted(found, key=lambda entry: entry[0].expr.start)

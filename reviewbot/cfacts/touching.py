"""Which operations of a graph can change or read a value: the others on its path need not be looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from reviewbot.cfacts.graph import Graph, Op

__all__ = ["Touching", "root"]

_ANY = ""
"""Stands for operations that every value meets."""
_SEVERAL = -1


def root(name: str) -> str:
    """Return the variable of a name: `s` and `s.err` are the same memory."""
    return name.partition(".")[0]


class Touching:
    """The operations of each block by the variables that they name, found once for all values that are followed."""

    def __init__(self, graph: Graph) -> None:
        """Keep the graph; a block is read when a value first comes into it."""
        self._graph = graph
        self._blocks: dict[int, dict[str, list[int]]] = {}
        self._only: dict[str, int] | None = None

    def of_block(self, block: int) -> dict[str, list[int]]:
        """Return the numbers of the block's operations, in order, by the variables that they name."""
        found = self._blocks.get(block)
        if found is None:
            found = self._blocks[block] = {}
            for number, op in enumerate(self._graph.blocks[block].ops):
                for name in dict.fromkeys(map(root, _named(op))):
                    found.setdefault(name, []).append(number)
        return found

    def next(self, block: int, first: int, names: Iterable[str]) -> int | None:
        """Return the first operation from `first` on that names one of the variables or that every value meets."""
        places = self.of_block(block)
        found: int | None = None
        for name in (_ANY, *names):
            numbers = places.get(root(name))
            if numbers:
                at = bisect_left(numbers, first)
                if at < len(numbers) and (found is None or numbers[at] < found):
                    found = numbers[at]
        return found

    def leaving(self, block: int, names: frozenset[str]) -> frozenset[str]:
        """Return the names that are worth following out of a block: what an expression hands on inside it is not."""
        if self._only is None:
            self._only = {}
            for number in range(len(self._graph.blocks)):
                for name in self.of_block(number):
                    self._only[name] = number if name not in self._only else _SEVERAL
        only = self._only
        return frozenset(name for name in names if not name.startswith("%") or only.get(name, block) != block)


def _named(op: Op) -> Iterator[str]:
    yield from op.reads
    yield from op.exposed
    for reads in op.arguments:
        yield from reads
    if op.kind == "assign":
        yield op.name
    elif op.kind == "call":
        yield op.value
    elif op.kind == "cut":
        yield _ANY

"""What waits to be looked at: facts that spread along edges, states that are searched once each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from heapq import heappop, heappush
from typing import Generic, TypeVar

__all__ = ["Search", "spread"]

Fact = TypeVar("Fact")
State = TypeVar("State", bound=Hashable)
Behind = TypeVar("Behind")


def spread(start: Mapping[int, Fact], onward: Callable[[int, Fact], Iterable[tuple[int, Fact]]],
           join: Callable[[Fact, Fact], Fact], *, rank: Mapping[int, int] | None = None,
           most: int | None = None) -> dict[int, Fact]:
    """Return the fact before each node that `start` reaches, when nothing changes any more.

    `onward(node, fact)` gives the nodes that follow, each with the fact on that edge; `join` must only ever move facts
    in one direction. `rank` is the order in which waiting nodes are taken: without it first come, first served. `most`
    is how many of them are looked at: what is found until then comes back.
    """
    facts = dict(start)
    waiting = sorted(((rank[node] if rank else 0), number, node) for number, node in enumerate(facts))
    queued, count = set(facts), len(facts)
    while waiting and (most is None or most > 0):
        most = None if most is None else most - 1
        node = heappop(waiting)[2]
        queued.discard(node)
        for following, fact in onward(node, facts[node]):
            joined = join(facts[following], fact) if following in facts else fact
            if following in facts and joined == facts[following]:
                continue
            facts[following] = joined
            if following not in queued:
                queued.add(following)
                count += 1
                heappush(waiting, (rank[following] if rank else 0, count, following))
    return facts


class Search(Generic[State, Behind]):
    """States that are looked at once each, the nearest first; what led to each comes with it.

    Iterating takes them one by one, while `add` puts in those that follow. `cut` is True once there were more than
    `most` of them: what was not found then may be there.
    """

    def __init__(self, start: Iterable[tuple[State, Behind]], *, most: int) -> None:
        """Begin with some states."""
        self.cut = False
        self._most = most
        self._seen: set[State] = set()
        self._waiting: deque[tuple[State, Behind]] = deque()
        for state, behind in start:
            self.add(state, behind)

    def add(self, state: State, behind: Behind) -> None:
        """Put in a state, if it was not there yet."""
        if state not in self._seen:
            self._seen.add(state)
            self._waiting.append((state, behind))

    def __iter__(self) -> Iterator[tuple[State, Behind]]:
        """Yield each state with what led to it; end when none is left, or when there were too many."""
        while self._waiting:
            if len(self._seen) > self._most:
                self.cut = True
                return
            yield self._waiting.popleft()

"""The search as it reads: every state whole, every step worked out anew. What the packed search is measured against."""

from __future__ import annotations

from reviewbot.arch.machine.actors import Move, moves
from reviewbot.arch.machine.build import Machine
from reviewbot.arch.machine.state import State


def search(machine: Machine) -> tuple[int, int]:
    """Return how many states it saw, and the length of the shortest way to something broken (0: nothing is)."""
    assert machine.start is not None
    came_from: dict[State, tuple[State, Move] | None] = {machine.start: None}
    taken: set[tuple[int, int]] = set()
    level, depth = [machine.start], 0
    while level:
        following: list[State] = []
        for state in level:
            for move in moves(machine.world, state):
                if move.broken:
                    return len(came_from), depth + 1
                taken.add((move.actor, move.at))
                if move.state not in came_from:
                    came_from[move.state] = (state, move)
                    following.append(move.state)
        depth += 1
        level = following
    return len(came_from), 0

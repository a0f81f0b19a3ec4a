"""States as numbers: what one step needs of a state is looked up, and worked out only once.

A step reads and writes the leaves that its pages lie in, the locks, and where its own actor stands; whatever the rest
of the state is, it does the same. So a state is packed into one number, a field for each leaf, each actor and the rest,
and a step is remembered as what it flips, by the fields that it looks at.
"""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

from reviewbot.arch.machine.actors import Move, World, actor_moves
from reviewbot.arch.machine.state import Local, State
from reviewbot.values import dataclass

__all__ = ["BROKEN", "Packed", "Row"]

Value = TypeVar("Value")
BROKEN = -1
"""Stands among the flips of a step for one that breaks a property."""


class _Leaf(NamedTuple):
    """All that a state says of the pages of one large leaf."""

    direct: tuple[int, ...]
    alias: tuple[int, ...]
    stale: tuple[int, ...]
    alias_stale: tuple[int, ...]
    pages: tuple[int, ...]


class _Rest(NamedTuple):
    locks: tuple[int, ...]
    frozen: bool


class Row(NamedTuple):
    """An actor at one place: the fields that its next step looks at, and what it flips, by what these hold."""

    looks_at: int
    flips: dict[int, tuple[int, ...]]


@dataclass(slots=True)
class _Field(Generic[Value]):
    """Some bits of the number: the place in the list of values that were met so far."""

    shift: int
    mask: int
    values: list[Value]
    numbers: dict[Value, int]

    def pack(self, value: Value) -> int:
        number = self.numbers.get(value)
        if number is None:
            number = self.numbers[value] = len(self.values)
            assert number << self.shift <= self.mask
            self.values.append(value)
        return number << self.shift

    def unpack(self, state: int) -> Value:
        return self.values[(state & self.mask) >> self.shift]


class Packed:
    """The states of one world as numbers. Each place of an actor has a row, found by the actor's bits of the number."""

    def __init__(self, world: World, most_states: int) -> None:
        """Take the world, and how many states there may be: a field has room for as many values and some more."""
        self.world = world
        self._width = most_states.bit_length() + 6
        self._leaves: list[_Field[_Leaf]] = [self._field(number)
                                             for number in range(len(world.geometry.names) // world.geometry.leaf)]
        self._actors: list[_Field[Local]] = [self._field(len(self._leaves) + number)
                                             for number in range(len(world.programs))]
        self._rest: _Field[_Rest] = self._field(len(self._leaves) + len(self._actors))
        self.rows: list[list[Row | None]] = [[] for _ in world.programs]
        self.places = tuple((number, field.shift, self.rows[number]) for number, field in enumerate(self._actors))
        self.narrow = (1 << self._width) - 1
        self.taken: set[tuple[int, int]] = set()
        self._last = -1
        self._unpacked: State

    def _field(self, number: int) -> _Field[Any]:
        shift = number * self._width
        return _Field(shift=shift, mask=(1 << self._width) - 1 << shift, values=[], numbers={})

    def pack(self, state: State) -> int:
        """Return the number of a state; places of actors that are new get their rows."""
        leaf = self.world.geometry.leaf
        found = self._rest.pack(_Rest(state.locks, state.frozen))
        for number, field in enumerate(self._leaves):
            part = slice(number * leaf, (number + 1) * leaf)
            found |= field.pack(_Leaf(state.direct[number], state.alias[part], state.stale[part],
                                      state.alias_stale[part], state.pages[part]))
        for number, place in enumerate(self._actors):
            found |= place.pack(state.actors[number])
            rows = self.rows[number]
            rows += [self._row(number, local) for local in place.values[len(rows):]]
        return found

    def unpack(self, state: int) -> State:
        """Return the state that a number stands for."""
        leaves = [field.unpack(state) for field in self._leaves]
        rest = self._rest.unpack(state)
        alias, stale, late, pages = (tuple(value for leaf in leaves for value in leaf[part]) for part in range(1, 5))
        return State(tuple(leaf.direct for leaf in leaves), alias, stale, late, pages, rest.locks,
                     tuple(field.unpack(state) for field in self._actors), rest.frozen)

    def _row(self, number: int, local: Local) -> Row | None:
        """Return the row of an actor at this place; None when it is done."""
        program = self.world.programs[number]
        if local.at >= len(program.steps):
            return None
        step = program.steps[local.at]
        looks_at = 0
        for leaf in {page // self.world.geometry.leaf for page in step.pages}:
            looks_at |= self._leaves[leaf].mask
        if program.freezable or step.kind in {"freeze", "thaw"} or step.kind.endswith("lock"):
            looks_at |= self._rest.mask
        if step.kind == "freeze":
            for other, field in zip(self.world.programs, self._actors, strict=True):
                looks_at |= field.mask if other.freezable else 0
        return Row(looks_at, {})

    def fill(self, state: int, number: int, row: Row) -> tuple[int, ...]:
        """Return what the next step of an actor flips in a state, and remember it for all that look alike to it."""
        found: list[int] = []
        if self._last != state:       # the actors of one state are asked one after the other
            self._last, self._unpacked = state, self.unpack(state)
        for move in actor_moves(self.world, self._unpacked, number):
            if not move.broken:
                self.taken.add((number, move.at))
            found.append(BROKEN if move.broken else state ^ self.pack(move.state))
        row.flips[state & row.looks_at] = tuple(found)
        return row.flips[state & row.looks_at]

    def move_to(self, state: int, following: int) -> Move:
        """Return the first step that leads from one state to the other; BROKEN: to a broken property."""
        before = self.unpack(state)
        for number in range(len(self.world.programs)):
            for move in actor_moves(self.world, before, number):
                if (BROKEN if move.broken else self.pack(move.state)) == following:
                    return move
        raise AssertionError("no step leads there")

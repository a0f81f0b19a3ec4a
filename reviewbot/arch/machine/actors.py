"""Actors as programs, and what one step of one of them does to the machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reviewbot.arch.machine.language import Step
from reviewbot.arch.machine.operations import Operation, apply
from reviewbot.arch.machine.properties import access, belief, freed, sleeping, write_execute
from reviewbot.arch.machine.state import (
    EXECUTE,
    FREE,
    IN_USE,
    LEAKED,
    PRESENT,
    WRITE,
    Geometry,
    Local,
    State,
)
from reviewbot.arch.machine.types import Violation
from reviewbot.errors import DataError
from reviewbot.values import dataclass

__all__ = ["Move", "Program", "World", "actor_moves", "first_state", "moves"]

_BITS = {"r": PRESENT, "w": WRITE, "x": EXECUTE}
_HIDDEN = {"goto", "if"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One actor, ready to run: `operations` has the operation of each step that calls one, `jumps` where it goes to.

    `variables` are the names of its values; `constants` are names of the configuration that it asks about.
    """

    name: str
    freezable: bool
    atomic: bool
    steps: tuple[Step, ...]
    operations: tuple[Operation | None, ...]
    jumps: tuple[int, ...]
    variables: tuple[str, ...]
    constants: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that does not change: the actors, how pages lie, the locks, and what the page allocator does."""

    geometry: Geometry
    programs: tuple[Program, ...]
    locks: tuple[str, ...]
    on_alloc: Operation | None
    on_free: Operation | None


class Move(NamedTuple):
    """One step of one actor: where it leads, what to say about it, and what it breaks."""

    state: State
    actor: int
    at: int
    error: str
    note: str
    broken: Violation | None


def first_state(world: World, pages: tuple[int, ...], split: frozenset[int]) -> State:
    """Return the state before anybody moves: all present and writable, the leaves numbered in `split` made of pages."""
    count, leaf = len(pages), world.geometry.leaf
    entry = PRESENT | WRITE
    none = (0,) * count
    actors = tuple(_settled(program, Local(0, (0,) * len(program.variables), int(program.atomic)))
                   for program in world.programs)
    direct = tuple((entry,) * leaf if number in split else (entry,) for number in range(count // leaf))
    return State(direct, none, none, none, pages,
                 (-1,) * len(world.locks), actors, False)  # noqa: FBT003 - a named tuple's field, nobody is frozen


def _settled(program: Program, local: Local) -> Local:
    """Return the actor at its next step that others can notice; jumps and branches on its own values take no time."""
    at = local.at
    for _ in range(len(program.steps) + 1):
        if at >= len(program.steps) or program.steps[at].kind == "end":
            break
        step = program.steps[at]
        if step.kind not in _HIDDEN:
            return local if at == local.at else Local(at, local.values, local.atomic)
        at = program.jumps[at] if step.kind == "goto" or _taken(program, step, local) else at + 1
    # It is done, or only runs in circles that nobody sees.
    return Local(len(program.steps), (0,) * len(program.variables), 0)


def _taken(program: Program, step: Step, local: Local) -> bool:
    if step.name in program.variables:
        return bool(local.values[program.variables.index(step.name)]) is not step.negated
    return dict(program.constants)[step.name] is not step.negated


def moves(world: World, state: State) -> Iterator[Move]:
    """Yield every step that some actor can take from here, in the order of the actors."""
    for number in range(len(world.programs)):
        yield from actor_moves(world, state, number)


def actor_moves(world: World, state: State, number: int) -> Iterator[Move]:
    """Yield every way in which the next step of one actor can end; none while it waits, is stopped or is done."""
    program, local = world.programs[number], state.actors[number]
    if local.at < len(program.steps) and not (state.frozen and program.freezable):
        yield from _Turn(world, state, number, program, local).moves()


class _Turn(NamedTuple):
    """One actor about to take the step that it stands at."""

    world: World
    state: State
    number: int
    program: Program
    local: Local

    def moves(self) -> Iterator[Move]:
        """Yield the ways in which the step can end; none while it has to wait."""
        step = self.program.steps[self.local.at]
        match step.kind:
            case "call":
                yield from self._call(step)
            case "read" | "write" | "run":
                yield self._move(self.state, broken=access(
                    self.state, self.world.geometry, self.program.name, step.kind, step.pages, at_alias=step.at_alias))
            case "expect":
                yield self._move(self.state, broken=belief(
                    self.state, self.world.geometry, self.program.name, step.target, step.pages,
                    at_alias=step.at_alias))
            case "alloc" | "free" | "leak":
                yield from self._pages(step)
            case "map" | "unmap" | "flush":
                yield self._mapping(step)
            case "freeze":
                if all(self._may_freeze(number) for number in range(len(self.world.programs))):
                    yield self._move(self.state._replace(frozen=True))
            case "thaw":
                yield self._move(self.state._replace(frozen=False))
            case "atomic" | "preempt":
                yield self._move(self.state, atomic=1 if step.kind == "atomic" else -1)
            case "either":
                yield self._move(self.state, note="no")
                yield self._move(self.state, note="yes", at=self.program.jumps[self.local.at])
            case "rest":
                yield self._move(self.state)
            case _:
                yield from self._lock(step)

    def _move(self, state: State, *, error: str = "", note: str = "", broken: Violation | None = None,
              value: tuple[str, int] | None = None, atomic: int = 0, at: int | None = None) -> Move:
        values = self.local.values
        if value and value[0]:
            place = self.program.variables.index(value[0])
            values = (*values[:place], value[1], *values[place + 1:])
        local = _settled(self.program, Local(self.local.at + 1 if at is None else at, values,
                                             max(self.local.atomic + atomic, 0)))
        actors = (*state.actors[:self.number], local, *state.actors[self.number + 1:])
        return Move(State(*state[:6], actors, state.frozen), self.number, self.local.at, error, note, broken)

    def _call(self, step: Step) -> Iterator[Move]:
        operation = self.program.operations[self.local.at]
        assert operation is not None
        if operation.question:
            answer = bool(operation.idle) or all(self.world.geometry.entry(self.state, page) & PRESENT
                                                 for page in step.pages)
            note = f"says {str(answer).lower()}" + (f": {operation.idle}" if operation.idle else "")
            yield self._move(self.state, note=note, value=(step.name, int(answer)))
            return
        asleep = sleeping(operation, self.program.name, atomic=self.local.atomic > 0)
        for end in apply(operation, self.state, step.pages, self.world.geometry):
            seen = bool(end.error) and operation.answers
            note = end.note
            if end.error:
                returned = f"returns -{end.error}" if seen else f"-{end.error} inside, dropped"
                note = f"{returned}: {end.note}" + (", and nobody looks" if seen and not step.name else "")
            yield self._move(end.state, error=end.error, note=note, value=(step.name, int(seen)),
                             broken=asleep or write_execute(end.state, self.world.geometry, step.pages))

    def _pages(self, step: Step) -> Iterator[Move]:
        pages, broken, hook = self.state.pages, None, None
        if step.kind == "alloc":
            if any(pages[page] & 3 != FREE for page in step.pages):
                return
            hook = self.world.on_alloc
        elif step.kind == "free":
            broken, hook = freed(self.state, self.world.geometry, self.program.name, step.pages), self.world.on_free
        owner = {"alloc": IN_USE, "free": FREE, "leak": LEAKED}[step.kind]
        held = tuple(held & ~3 | owner if page in step.pages else held for page, held in enumerate(pages))
        state = self.state._replace(pages=held)
        if hook is None or broken:
            yield self._move(state, broken=broken)
            return
        broken = sleeping(hook, f"the page allocator, for {self.program.name},", atomic=self.local.atomic > 0)
        for end in apply(hook, state, step.pages, self.world.geometry):
            inside = f"{hook.call}: " + (f"-{end.error} inside, dropped: {end.note}" if end.error else end.note)
            yield self._move(end.state, error=end.error, note=inside.rstrip(": "), broken=broken)

    def _mapping(self, step: Step) -> Move:
        alias, late = list(self.state.alias), list(self.state.alias_stale)
        stale = list(self.state.stale)
        for page in step.pages:
            if step.kind == "map":
                alias[page] = sum(_BITS[letter] for letter in step.target)
            elif step.kind == "unmap":
                late[page] |= alias[page]
                alias[page] = 0
            else:
                late[page] = stale[page] = 0
        state = self.state._replace(alias=tuple(alias), alias_stale=tuple(late), stale=tuple(stale))
        return self._move(state, broken=write_execute(state, self.world.geometry, step.pages))

    def _lock(self, step: Step) -> Iterator[Move]:
        place = self.world.locks.index(step.target)
        holder = self.state.locks[place]
        taking = step.kind.endswith("_lock")
        spins = int(step.kind.startswith("spin"))
        if taking and holder != -1:
            return
        if not taking and holder != self.number:
            raise DataError(f"'{step.text}': it does not hold {step.target} there",
                            where=f"actor '{self.program.name}'", hint="see docs/machine.md")
        locks = (*self.state.locks[:place], self.number if taking else -1, *self.state.locks[place + 1:])
        broken = None
        if step.kind == "mutex_lock" and self.local.atomic > 0:
            broken = Violation(broken="sleep",
                               text=f"{self.program.name} takes the mutex {step.target} in atomic context")
        yield self._move(self.state._replace(locks=locks), atomic=spins if taking else -spins, broken=broken)

    def _may_freeze(self, number: int) -> bool:
        """Return whether the freezer need not wait for an actor: it has not begun, is done, or rests."""
        program, at = self.world.programs[number], self.state.actors[number].at
        if not program.freezable or at >= len(program.steps):
            return True
        first = _settled(program, Local(0, (0,) * len(program.variables), 0)).at
        return at == first or program.steps[at].kind == "rest"

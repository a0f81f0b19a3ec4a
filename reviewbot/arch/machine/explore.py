"""Visits every state that the actors can reach, breadth first, so that what breaks is shown by the shortest way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from reviewbot.arch.machine.actors import Move, World
from reviewbot.arch.machine.build import Instead, Machine, build
from reviewbot.arch.machine.packed import BROKEN, Packed
from reviewbot.arch.machine.state import State, say_entry, say_page
from reviewbot.arch.machine.types import Change, Event, Result, Scenario
from reviewbot.arch.model import Model
from reviewbot.arch.types import KernelVersion
from reviewbot.values import dataclass

__all__ = ["explore"]

_MOST_STATES = 500_000          # about half a gigabyte


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """How a search ended: the states it saw, how deep, and the way to the first thing that broke.

    `taken`: for each actor's number, the steps that it took in some interleaving.
    """

    states: int
    depth: int
    way: tuple[tuple[State, Move], ...]
    complete: bool
    taken: frozenset[tuple[int, int]]


def explore(scenario: Scenario, model: Model, *, arch: str, version: KernelVersion, config: Iterable[str] = (),
            without: Iterable[str] = (), sizes: Mapping[str, int] | None = None,
            most_states: int = _MOST_STATES, test_assumptions: bool = True,
            instead: Instead = MappingProxyType({})) -> Result:
    """Return whether every property of the scenario holds there in every interleaving, or the shortest counterexample.

    `config` are texts as `--config` takes them; `without` names assumptions that do not hold; `sizes` gives groups of
    pages another count. Where it holds, each assumption is taken away in turn, to see which of them it rests on, unless
    `test_assumptions` is false. `instead` are facts that stand for the model's, by actor (empty: for all): what a patch
    makes of them.
    Raises UsageError for a name that does not exist.
    """
    given, gone = tuple(config), tuple(sorted(set(without)))
    machine = build(scenario, model, arch, version, config=given, without=gone, sizes=sizes or {}, instead=instead)
    assumed = tuple(entry for entry in scenario.assumptions if entry.name not in gone)
    result = Result(scenario=scenario, arch=arch, version=version, outcome="absent", states=0, depth=0,
                    config=machine.config, assumed=assumed, rests_on=(), without=gone, calls=machine.calls,
                    facts=machine.facts, actors=tuple(program.name for program in machine.world.programs), never=(),
                    events=(), violation=None, why=machine.absent)
    if machine.start is None:
        return result
    found = _search(machine, most_states)
    result = replace(result, states=found.states, depth=found.depth)
    if found.way:
        return replace(result, outcome="broken", violation=found.way[-1][1].broken,
                       events=tuple(_event(machine.world, before, move) for before, move in found.way))
    if not found.complete:
        return replace(result, outcome="open", why=f"it has more than {most_states} states")
    rests = []
    for entry in assumed if test_assumptions else ():
        other = build(scenario, model, arch, version, config=given, without=(*gone, entry.name), sizes=sizes or {},
                      instead=instead)
        if _search(other, most_states).way:
            rests.append(entry.name)
    return replace(result, outcome="holds", rests_on=tuple(rests), never=_never(machine.world, found))


def _never(world: World, found: _Search) -> tuple[tuple[str, str], ...]:
    """Return the steps that no interleaving reaches, with their actors: does it hold because nothing happens?"""
    return tuple((program.name, step.text) for number, program in enumerate(world.programs)
                 for at, step in enumerate(program.steps)
                 if step.kind not in {"goto", "if", "end"} and (number, at) not in found.taken)


def _search(machine: Machine, most_states: int) -> _Search:
    """Return how visiting the states in order of their distance ends: at the first step that breaks something."""
    assert machine.start is not None
    packed = Packed(machine.world, most_states)
    places, narrow, fill = packed.places, packed.narrow, packed.fill
    start = packed.pack(machine.start)
    came_from: dict[int, int] = {start: start}
    level, depth = [start], 0
    while level:
        following: list[int] = []
        for state in level:
            for number, shift, rows in places:
                row = rows[state >> shift & narrow]
                if row is None:
                    continue
                flips = row.flips.get(state & row.looks_at)
                for flip in fill(state, number, row) if flips is None else flips:
                    reached = state ^ flip
                    if reached in came_from:
                        continue
                    if flip == BROKEN:
                        return _Search(states=len(came_from), depth=depth + 1, complete=True,
                                       taken=frozenset(packed.taken),
                                       way=(*_way(packed, came_from, state),
                                            (packed.unpack(state), packed.move_to(state, BROKEN))))
                    came_from[reached] = state
                    following.append(reached)
        if len(came_from) > most_states:
            return _Search(states=len(came_from), depth=depth, way=(), complete=False, taken=frozenset(packed.taken))
        depth += bool(following)
        level = following
    return _Search(states=len(came_from), depth=depth, way=(), complete=True, taken=frozenset(packed.taken))


def _way(packed: Packed, came_from: Mapping[int, int], state: int) -> tuple[tuple[State, Move], ...]:
    """Return the steps that led to a state, each with the state before it."""
    way: list[tuple[State, Move]] = []
    while came_from[state] != state:
        before = came_from[state]
        way.append((packed.unpack(before), packed.move_to(before, state)))
        state = before
    return tuple(reversed(way))


def _event(world: World, before: State, move: Move) -> Event:
    program = world.programs[move.actor]
    step, operation = program.steps[move.at].text, program.operations[move.at]
    if operation and " or " in step:          # of several calls, the one that this release has
        said = step.partition("= ")[2] or step
        chosen = next(call for call in said.split(" or ") if call.startswith(operation.call.partition("(")[0] + "("))
        step = step.replace(said, chosen)
    return Event(actor=program.name, step=step, outcome=move.note, failed=bool(move.error),
                 changes=_changes(world, before, move.state))


def _changes(world: World, before: State, after: State) -> tuple[Change, ...]:
    """Return what differs between two states, page by page."""
    geometry = world.geometry
    found: list[Change] = []
    for page, name in enumerate(geometry.names):
        kept = [(where, old, new) for where, old, new in (
            ("the direct map", say_entry(geometry.entry(before, page)), say_entry(geometry.entry(after, page))),
            ("the vmalloc alias", _say_alias(before.alias[page]), _say_alias(after.alias[page])),
            ("the page", say_page(before.pages[page]), say_page(after.pages[page]))) if old != new]
        found += [Change(pages=name, what=where, before=old, after=new) for where, old, new in kept]
    for leaf, (old_leaf, new_leaf) in enumerate(zip(before.direct, after.direct, strict=True)):
        if len(old_leaf) != len(new_leaf):
            first, last = geometry.names[leaf * geometry.leaf], geometry.names[(leaf + 1) * geometry.leaf - 1]
            found.append(Change(pages=f"{first} to {last}", what="the direct map", before="one large leaf",
                                after=f"{len(new_leaf)} pages"))
    if before.frozen != after.frozen:
        found.append(Change(pages="", what="tasks", before="running" if after.frozen else "frozen",
                            after="frozen" if after.frozen else "running"))
    return tuple(found)


def _say_alias(entry: int) -> str:
    return say_entry(entry) if entry else "none"

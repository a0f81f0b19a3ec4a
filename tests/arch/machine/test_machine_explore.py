"""The search is complete and shortest, held against a plain walk over all ways."""

from __future__ import annotations

from collections import deque

import pytest
from small_machine import real_model, real_scenarios, run_real

from reviewbot.arch import parse_version
from reviewbot.arch.machine import explore
from reviewbot.arch.machine.actors import World, moves
from reviewbot.arch.machine.build import Machine, build
from reviewbot.arch.machine.packed import Packed
from reviewbot.arch.machine.state import State


def machine(name: str, arch: str, kernel: str, without: tuple[str, ...] = ()) -> Machine:
    return build(real_scenarios()[name], real_model(), arch, parse_version(kernel), config=(), without=without,
                 sizes={})


def shortest(world: World, state: State, longest: int) -> int | None:
    """Return the length of the shortest way to something broken, by trying every way of at most `longest` steps."""
    if longest == 0:
        return None
    lengths = []
    for move in moves(world, state):
        after = 0 if move.broken else shortest(world, move.state, longest - 1)
        lengths += [] if after is None else [after + 1]
    return min(lengths, default=None)


@pytest.mark.parametrize(("name", "without"), [
    ("vunmap-hibernation", ("tasks-frozen",)), ("hibernation-page", ("tasks-frozen",)), ("hibernation-large-leaf", ()),
    ("hypervisor-buffer-freed", ())])
def test_no_way_is_shorter(name: str, without: tuple[str, ...]) -> None:
    """Trying every way, without remembering states, finds nothing sooner."""
    found = run_real(name, "x86", "6.12", without=without)
    made = machine(name, "x86", "6.12", without)
    assert made.start is not None
    assert shortest(made.world, made.start, found.depth) == found.depth
    assert shortest(made.world, made.start, found.depth - 1) is None


def test_the_way_can_be_walked() -> None:
    """Each step of a counterexample is one that its actor can take from the state before it."""
    found = run_real("hibernation-large-leaf", "x86", "6.12")
    made = machine("hibernation-large-leaf", "x86", "6.12")
    assert made.start is not None
    states = [made.start]
    for event in found.events[:-1]:
        states = [move.state for state in states for move in moves(made.world, state)
                  if made.world.programs[move.actor].name == event.actor and move.note == event.outcome]
        assert states
    assert any(move.broken == found.violation for state in states for move in moves(made.world, state))


def test_steps_that_nobody_reaches_are_named() -> None:
    """An error path that cannot be taken is a result: on arm64 6.12 the map is of pages, and nothing fails."""
    arm64 = run_real("bpf-jit", "arm64", "6.12")
    x86 = run_real("secretmem", "x86", "6.12")
    assert arm64.never == ()
    assert x86.never == ()
    refused = run_real("secretmem", "arm64", "6.12", config=("rodata=off",))
    assert {actor for actor, _ in refused.never} == {"fault"}
    assert ("fault", "alloc page") in refused.never


def test_states_that_are_equal_are_found_again() -> None:
    """A scenario that runs in circles ends."""
    result = run_real("debug-pagealloc", "x86", "6.12")
    assert result.outcome == "holds"
    assert result.states < 100


def plain_search(made: Machine) -> tuple[int, tuple[tuple[str, int, str, State], ...], set[tuple[int, int]]]:
    """Return how many states a visit in order of distance sees, the way to what breaks, and the steps taken."""
    assert made.start is not None
    ways: dict[State, tuple[tuple[str, int, str, State], ...]] = {made.start: ()}
    taken: set[tuple[int, int]] = set()
    waiting = deque([made.start])
    while waiting:
        state = waiting.popleft()
        for move in moves(made.world, state):
            way = (*ways[state], (made.world.programs[move.actor].name, move.at, move.note, move.state))
            if move.broken:
                return len(ways), way, taken
            taken.add((move.actor, move.at))
            if move.state not in ways:
                ways[move.state] = way
                waiting.append(move.state)
    return len(ways), (), taken


@pytest.mark.parametrize("name", sorted(real_scenarios()))
def test_packed_states_give_what_a_plain_search_gives(name: str) -> None:
    """On every shipped scenario the verdict, the shortest way, the states and the steps never taken are the same."""
    seen = 0
    for arch in ("x86", "arm64", "riscv", "s390", "powerpc", "loongarch"):
        for kernel in ("5.10", "6.12", "7.3"):
            if name == "direct-map-crowd" and (arch, kernel) != ("x86", "6.12"):
                continue             # thousands of states: once is enough here
            for without in ((), *((entry.name,) for entry in real_scenarios()[name].assumptions)):
                made = machine(name, arch, kernel, without)
                if made.start is None:
                    continue
                seen += 1
                states, way, taken = plain_search(made)
                found = explore(real_scenarios()[name], real_model(), arch=arch, version=parse_version(kernel),
                                without=without, test_assumptions=False)
                assert (found.states, found.outcome) == (states, "broken" if way else "holds")
                assert [(event.actor, event.outcome) for event in found.events] == [(who, note)
                                                                                    for who, _, note, _ in way]
                never = tuple((program.name, step.text) for number, program in enumerate(made.world.programs)
                              for at, step in enumerate(program.steps)
                              if step.kind not in {"goto", "if", "end"} and (number, at) not in taken)
                assert way or found.never == never
    assert seen


def test_a_packed_state_is_the_same_state_again() -> None:
    """Packing and unpacking loses nothing, and equal states have equal numbers."""
    made = machine("direct-map-crowd", "x86", "6.12")
    assert made.start is not None
    packed = Packed(made.world, 1000)
    states = [made.start, *(move.state for move in moves(made.world, made.start))]
    numbers = [packed.pack(state) for state in states]
    assert [packed.unpack(number) for number in numbers] == states
    assert [packed.pack(state) for state in states] == numbers
    assert len(set(numbers)) == len(set(states))

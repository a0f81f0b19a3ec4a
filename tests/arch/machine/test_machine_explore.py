"""The search is complete and shortest, held against a plain walk over all ways."""

from __future__ import annotations

import pytest
from small_machine import real_model, real_scenarios, run_real

from reviewbot.arch import parse_version
from reviewbot.arch.machine.actors import World, moves
from reviewbot.arch.machine.build import Machine, build
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

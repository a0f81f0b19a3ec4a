"""What goes into the machine and what comes out: scenarios, and the result of exploring one."""

from __future__ import annotations

from typing import Literal

from reviewbot.arch.types import Fact, KernelVersion, VersionRange
from reviewbot.values import dataclass

__all__ = ["ActorText", "Assumption", "Change", "Event", "Group", "PropertyName", "Result", "Scenario", "Violation"]

PropertyName = Literal["read", "free", "write-execute", "view", "sleep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pages that a scenario names: `count` of them, one after the other in the direct map.

    `starts_leaf`: they begin at the start of a large leaf. `free`: they lie in the page allocator at first. `of_pages`:
    the assumption under which their leaves are split from the start (empty: they are as the architecture maps memory).
    """

    name: str
    count: int
    starts_leaf: bool
    free: bool
    of_pages: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """What the kernel around the scenario promises; it can be taken away. `text` is a full sentence."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorText:
    """One actor as its scenario writes it: `steps` in the little language, in the releases `versions` (None: all)."""

    name: str
    text: str
    versions: VersionRange | None
    freezable: bool
    atomic: bool
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A file of `rules/scenarios/`: pages, actors, and what they rest on.

    `arches`: the architectures that it is about (empty: all). `leaf` is the number of pages in one large leaf.
    `config`: what is set unless the caller sets it otherwise. `needs`: functions that must do real work on the
    architecture, else the scenario does not exist there.
    """

    name: str
    title: str
    text: str
    versions: VersionRange | None
    arches: tuple[str, ...]
    leaf: int
    config: tuple[str, ...]
    needs: tuple[str, ...]
    groups: tuple[Group, ...]
    assumptions: tuple[Assumption, ...]
    actors: tuple[ActorText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A property that does not hold, and the sentence that says how."""

    broken: PropertyName
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one step did to pages of one name: `what` says of which map, or of the page."""

    pages: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of a counterexample: who did what, what came of it (empty: nothing to say), and what changed."""

    actor: str
    step: str
    outcome: str
    failed: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What exploring a scenario gave.

    `outcome`: `holds` in every interleaving; `broken`, with the shortest counterexample in `events`; `absent`: the
    scenario does not exist there, and `why` says so; `open`: not all states were visited. `assumed` are the assumptions
    in force, `rests_on` those of them without which it breaks, `without` those that were taken away. `config` says how
    each name was taken that mattered. `calls`: how each call is done, in words; `facts`: what the model says of it.
    `never`: where it holds, the steps (actor, step) that no interleaving reaches.
    """

    scenario: Scenario
    arch: str
    version: KernelVersion
    outcome: Literal["holds", "broken", "absent", "open"]
    states: int
    depth: int
    config: tuple[tuple[str, bool], ...]
    assumed: tuple[Assumption, ...]
    rests_on: tuple[str, ...]
    without: tuple[str, ...]
    calls: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, Fact], ...]
    actors: tuple[str, ...]
    never: tuple[tuple[str, str], ...]
    events: tuple[Event, ...]
    violation: Violation | None
    why: str

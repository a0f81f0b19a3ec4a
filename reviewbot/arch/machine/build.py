"""Puts a scenario on an architecture: which operation each call is there, and the state that all begins from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from reviewbot.arch.machine.actors import Program, World, first_state
from reviewbot.arch.machine.language import Call, Step, read_steps
from reviewbot.arch.machine.operations import KNOWN_CALLS, Operation, resolve
from reviewbot.arch.machine.setting import Setting, read_setting
from reviewbot.arch.machine.state import FREE, IN_USE, Geometry, State
from reviewbot.arch.machine.types import ActorText, Group, Scenario
from reviewbot.arch.model import Model
from reviewbot.arch.types import Fact, KernelVersion
from reviewbot.errors import DataError, UsageError
from reviewbot.logic import Ternary, Var
from reviewbot.values import dataclass

__all__ = ["Instead", "Machine", "build"]

Instead = Mapping[str, Mapping[tuple[str, int | None], Fact]]
"""Facts that stand for the model's: by actor (empty: for all), then by function and last argument (None: any)."""

_MOST_PAGES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A scenario on an architecture, ready to be explored. `absent`: why there is nothing to explore (else empty)."""

    world: World
    start: State | None
    config: tuple[tuple[str, bool], ...]
    calls: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, Fact], ...]
    absent: str


def build(scenario: Scenario, model: Model, arch: str, version: KernelVersion, *, config: Iterable[str],
          without: Iterable[str], sizes: Mapping[str, int], instead: Instead = MappingProxyType({})) -> Machine:
    """Return the machine that runs the scenario there. `sizes` gives groups of pages another count.

    `instead` are facts that stand for the model's, by actor (empty: for all).

    Raises UsageError for an unknown architecture, name of the configuration, assumption or group of pages.
    """
    elsewhere = bool(scenario.arches) and arch not in scenario.arches
    other_time = scenario.versions is not None and model.nearest(version) not in scenario.versions
    # What it sets may have no name on other architectures and in other releases.
    setting = read_setting(model, arch, version, () if elsewhere else config,
                           () if elsewhere or other_time else scenario.config)
    gone = frozenset(without)
    for name in sorted(gone - {assumption.name for assumption in scenario.assumptions}):
        raise UsageError(f"the scenario {scenario.name} has no assumption '{name}'",
                         hint=f"it has {', '.join(a.name for a in scenario.assumptions) or 'none'}")
    builder = _Builder(scenario=scenario, setting=setting, version=model.nearest(version),
                       assumed={a.name: a.name not in gone for a in scenario.assumptions}, instead=instead)
    groups, names, pages = _lay_out(scenario, sizes)
    empty = World(geometry=Geometry(scenario.leaf, names), programs=(), locks=(), on_alloc=None, on_free=None)
    absent = builder.absence()
    programs: list[Program] = []
    for actor in scenario.actors:
        if not absent and (actor.versions is None or builder.version in actor.versions):
            program = builder.program(actor, groups, names)
            if isinstance(program, str):
                absent = program
            else:
                programs.append(program)
    if absent or not programs:
        return Machine(world=empty, start=None, config=_config(setting), calls=(), facts=(),
                       absent=absent or f"nobody in it does anything in {version}")
    on_alloc, on_free = builder.allocator()
    locks = sorted({step.target for program in programs for step in program.steps if step.kind.endswith("lock")})
    world = replace(empty, programs=tuple(programs), locks=tuple(locks), on_alloc=on_alloc, on_free=on_free)
    split = frozenset(range(len(names) // scenario.leaf))
    if setting.truth(Var("direct_map_of_pages")) is not Ternary.YES:
        split = frozenset(page // scenario.leaf for group in scenario.groups for page in groups[group.name]
                          if builder.assumed.get(group.of_pages))
    found = [operation for program in programs for operation in program.operations if operation]
    operations = {operation.call: operation for operation in (*found, on_alloc, on_free) if operation}
    calls = {call: _say(operations[call]) for call in sorted(operations)}
    facts = tuple((call, fact) for call in sorted(operations) for fact in operations[call].facts)
    return Machine(world=world, start=first_state(world, pages, split), config=_config(setting),
                   calls=tuple(calls.items()), facts=facts, absent="")


def _config(setting: Setting) -> tuple[tuple[str, bool], ...]:
    return tuple(sorted((setting.given | setting.asked).items()))


def _say(operation: Operation) -> str:
    """Return how a call is carried out, in a few words."""
    if operation.question:
        return f"says true: {operation.idle}" if operation.idle else "looks at the page tables"
    if operation.idle:
        return f"does nothing: {operation.idle}" + ("; may sleep all the same" if operation.may_sleep else "")
    words = [f"through {operation.through}"] if "->" in operation.through else []
    words += {"split": ["splits large leaves, which can fail"], "refuse": ["refuses large leaves"],
              "whole": ["changes large leaves whole"]}[operation.large] if operation.maps else ["no page table changes"]
    words += [] if operation.answers else ["drops errors"]
    words += ["the hypervisor may refuse"] if operation.refusable else []
    words += ["the other mapping follows"] if operation.both else []
    words += ["flushes" if operation.flushes else "does not flush"]
    words += ["may sleep"] if operation.may_sleep else []
    return ", ".join(words)


def _lay_out(scenario: Scenario, sizes: Mapping[str, int]) -> tuple[dict[str, tuple[int, ...]], tuple[str, ...],
                                                                      tuple[int, ...]]:
    """Return the pages of each group, the name of each page, and who has it; leaves are filled up with pages in use."""
    known = {group.name for group in scenario.groups}
    if any(not 1 <= count <= _MOST_PAGES for count in sizes.values()):
        raise UsageError(f"that is not a size: there can be 1 to {_MOST_PAGES} pages")
    for name in sorted(set(sizes) - known):
        raise UsageError(f"the scenario {scenario.name} has no pages '{name}'",
                         hint=f"it has {', '.join(sorted(known))}")
    groups: dict[str, tuple[int, ...]] = {}
    names: list[str] = []
    pages: list[int] = []

    def fill() -> None:
        while len(names) % scenario.leaf:
            names.append(f"other[{len(names)}]")
            pages.append(IN_USE)

    for group in scenario.groups:
        count = sizes.get(group.name, group.count)
        if group.starts_leaf:
            fill()
        groups[group.name] = tuple(range(len(names), len(names) + count))
        names += _page_names(group, count)
        pages += [FREE if group.free else IN_USE] * count
    fill()
    if len(names) > _MOST_PAGES:
        raise UsageError(f"that is not a size: there can be 1 to {_MOST_PAGES} pages, with those that fill up leaves")
    return groups, tuple(names), tuple(pages)


def _page_names(group: Group, count: int) -> list[str]:
    return [group.name] if count == 1 else [f"{group.name}[{number}]" for number in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builder:
    scenario: Scenario
    setting: Setting
    version: KernelVersion
    assumed: Mapping[str, bool]
    instead: Instead

    def _setting(self, actor: str = "") -> Setting:
        """Return the setting that an actor's calls find; without a name, that of everyone else."""
        facts = {**self.instead.get("", {}), **(self.instead.get(actor, {}) if actor else {})}
        return replace(self.setting, instead=facts)

    def absence(self) -> str:
        """Return why the scenario does not exist here, or nothing."""
        where = f"on {self.setting.arch} in {self.setting.version}"
        if self.scenario.arches and self.setting.arch not in self.scenario.arches:
            return f"the scenario is about {' and '.join(self.scenario.arches)}"
        if self.scenario.versions is not None and self.version not in self.scenario.versions:
            said = self.scenario.versions
            return f"the scenario is about {said.first} to {said.last or 'now'}"
        for symbol in self.scenario.needs:
            fact = self.setting.fact(symbol)
            if fact is None:
                return f"the model has no {symbol}() {where} in this configuration"
            if fact.status in {"stub", "undeclared"}:
                return f"{symbol}() is {'a stub' if fact.status == 'stub' else 'undeclared'} {where}"
        return self.setting.contradiction()

    def program(self, actor: ActorText, groups: Mapping[str, tuple[int, ...]], names: tuple[str, ...]) -> Program | str:
        """Return the actor as a program, or the sentence why it cannot run here."""
        place = f"{self.scenario.name}.toml: actor '{actor.name}'"
        steps, labels = read_steps(actor.steps, groups, names, self.assumed, place)
        operations: list[Operation | None] = []
        setting = self._setting(actor.name)
        for step in steps:
            operation = self._operation(step, place, setting) if step.kind == "call" else None
            if isinstance(operation, str):
                return operation
            operations.append(operation)
        variables = tuple(sorted({step.name for step in steps if step.kind == "call" and step.name}))
        asked = sorted({step.name for step in steps if step.kind == "if"} - set(variables))
        constants = []
        for name in asked:
            if not self.setting.knows(name):
                raise DataError(f"'{name}' is neither a value of the actor nor a name of the model", where=place,
                                hint="see docs/machine.md")
            constants.append((name, self.setting.truth(Var(name)) is Ternary.YES))
        return Program(name=actor.name, freezable=actor.freezable, atomic=actor.atomic, steps=steps,
                       operations=tuple(operations), jumps=tuple(labels.get(step.target, 0) for step in steps),
                       variables=variables, constants=tuple(constants))

    def _operation(self, step: Step, place: str, setting: Setting) -> Operation | str:
        """Return the first of the calls that can be called here."""
        why = ""
        for call in step.calls:
            if call.symbol not in KNOWN_CALLS:
                raise DataError(f"the machine knows no '{call.symbol}'", where=place,
                                hint=f"it knows {', '.join(sorted(KNOWN_CALLS))}")
            found = resolve(setting, call.symbol, call.argument)
            if isinstance(found, Operation):
                return found
            why = why or found
        return why

    def allocator(self) -> tuple[Operation | None, Operation | None]:
        """Return what page-allocator debugging does to pages that are handed out, and to those taken back."""
        found: list[Operation | None] = []
        setting = self._setting()
        for argument, symbol in ((1, "debug_pagealloc_map_pages"), (0, "debug_pagealloc_unmap_pages")):
            hook: Operation | None = None
            if self.setting.truth(Var("debug_pagealloc_enabled")) is Ternary.YES:
                for call in (Call(symbol=symbol, argument=None), Call(symbol="kernel_map_pages", argument=argument)):
                    resolved = resolve(setting, call.symbol, call.argument)
                    if isinstance(resolved, Operation):
                        hook = resolved
                        break
            found.append(hook if hook and not (hook.idle and not hook.may_sleep) else None)
        return found[0], found[1]

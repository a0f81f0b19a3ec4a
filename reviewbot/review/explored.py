"""What a series makes of the model's scenarios: which of them break, and which hold again, after each of its patches.

A scenario names the functions that its actors are. Where a patch changes what such a function's call does, or what a
function of the family itself does, the scenario is explored with these effects in place of the model's facts: before
the series and after each patch that changes one of them. Only what is known on both sides takes part; an effect that is
not, and a condition whose names the model cannot set, leave the scenario alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from reviewbot.arch import Fact, KernelVersion, Model
from reviewbot.arch.machine import (
    KNOWN_CALLS,
    Call,
    Result,
    Scenario,
    Setting,
    calls_in,
    explore,
    mean_the_same,
    read_setting,
)
from reviewbot.budget import Budget
from reviewbot.errors import UsageError
from reviewbot.findings.order import name_cells
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import And, Cond, Not, Or, Var, parse_condition
from reviewbot.patterns import regex
from reviewbot.review.page import FirstPage, PageRow
from reviewbot.review.page.switches import say_condition, under
from reviewbot.values import dataclass

__all__ = ["Explored", "Turn", "explored", "with_explored"]

_FUNCTION = regex(r"\b(\w+)\(\)")
_LAST = regex(r"(?:,|\()\s*([01])\s*\)\Z")
_Facts = dict[str, dict[tuple[str, int | None], Fact]]
_MOST_NAMES = 3
_MOST_STATES = 30_000
_STEPS = 400
"""Steps of the review's budget for one exploration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What the scenario comes to after a patch (0: before the series)."""

    patch: int
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """A scenario that the series changes on one architecture: `config` says in words where, `turns` when and how.

    Neighbouring turns differ in their outcome. `cells` are the ids of those whose effects were put into it.
    """

    id: str
    scenario: Scenario
    arch: str
    config: str
    turns: tuple[Turn, ...]
    cells: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """Return `worse` where it held and is broken in the end, `better` the other way round, else `different`."""
        first, last = (turn.result.outcome for turn in (self.turns[0], self.turns[-1]))
        return "different" if first == last else "worse" if last == "broken" else "better"

    @property
    def statement(self) -> str:
        """Return in a sentence when it holds and when it breaks, without the full stop."""
        return "; ".join([self.scenario.title + ": " + _said(self.turns[0], "before the series"), *(
            _said(turn, f"from patch {turn.patch} on") for turn in self.turns[1:])])


def _said(turn: Turn, when: str) -> str:
    """Return what happens from a moment on, as a clause."""
    return f"{when} {turn.result.violation.text if turn.result.violation else 'nothing breaks'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """A changed cell that is a call of an actor, or of a function of the family itself (no actor, any argument)."""

    id: str
    cell: Cell
    actor: str
    call: Call

    @property
    def key(self) -> tuple[str, tuple[str, int | None]]:
        return self.actor, (self.call.symbol, self.call.argument)


def explored(cells: Sequence[Cell], scenarios: Callable[[], Iterable[Scenario]], model: Model, version: KernelVersion,
             budget: Budget) -> tuple[Explored, ...]:
    """Return the scenarios that hold before some patch and break after it, or the other way round.

    Of several that the same calls break, the one with the fewest actors stands for all.
    `version` is the release whose model stands for what the series does not touch.
    """
    changed = [(name, cell) for name, cell in name_cells(cells) if cell.patch.isdigit() and cell.changed]
    found: list[Explored] = []
    told: set[tuple[str, frozenset[str]]] = set()
    texts = scenarios() if any(_called(cell, cell.after) or _called(cell, cell.before) for _, cell in changed) else ()
    for scenario in sorted(texts, key=lambda one: (len(one.actors), one.name)):
        for arch in sorted({cell.arch for _, cell in changed}):
            if scenario.arches and arch not in scenario.arches:
                continue
            there = [(name, cell) for name, cell in changed if cell.arch == arch]
            calls = [*_by_actor(scenario, there)]
            key = arch, frozenset(one.id for one in calls)
            if not calls or key in told:
                continue
            more = [*_explored(scenario, arch, [*calls, *_by_definition(there)], model, version, budget)]
            told |= {key} if more else set()
            found += more
    return tuple(replace(one, id=f"explored-{number}") for number, one in enumerate(found, start=1))


def with_explored(page: FirstPage, shown: Iterable[Explored]) -> FirstPage:
    """Return the page with the scenarios among what the rows about the same cells rest on."""
    found = tuple(shown)
    def resting(rows: tuple[PageRow, ...]) -> tuple[PageRow, ...]:
        return tuple(replace(row, because=(*row.because, *(
            one.id for one in found if not set(row.because).isdisjoint(one.cells)
            and (not row.arch or one.arch in row.arch)))) for row in rows)

    return replace(page, rows=resting(page.rows), left_rows=resting(page.left_rows)) if found else page


def _by_actor(scenario: Scenario, cells: Iterable[tuple[str, Cell]]) -> Iterator[_Bound]:
    for actor in scenario.actors:
        functions = frozenset(_FUNCTION.findall(actor.text))
        calls = sorted(calls_in(actor.steps), key=lambda call: (call.symbol, call.argument or 0))
        for name, cell in cells:
            if cell.function not in functions:
                continue
            sides = [side for effect in (cell.before, cell.after) if (side := _called(cell, effect)) is not None]
            for call in calls:
                if sides and all(mean_the_same(call, side) for side in sides):
                    yield _Bound(id=name, cell=cell, actor=actor.name, call=call)


def _called(cell: Cell, effect: Effect) -> Call | None:
    """Return the family's call that the cell's effect is, with the argument that says which way."""
    if not effect.symbol:
        return None
    last = _LAST.search(cell.call)
    return Call(symbol=effect.symbol, argument=int(last[1]) if last else None)


def _by_definition(cells: Iterable[tuple[str, Cell]]) -> Iterator[_Bound]:
    for name, cell in cells:
        if cell.function == cell.call and cell.call in KNOWN_CALLS:
            yield _Bound(id=name, cell=cell, actor="", call=Call(symbol=cell.call, argument=None))


def _explored(scenario: Scenario, arch: str, bound: Sequence[_Bound], model: Model, version: KernelVersion,
              budget: Budget) -> Iterator[Explored]:
    found: dict[tuple[object, ...], list[tuple[Cond, Explored]]] = {}
    for config in sorted({one.cell.config for one in bound if one.actor}):
        mine = [one for one in bound if set(one.cell.config) <= set(config)]
        texts = [f"{name}={'n' if value == 'n' else 'y'}" for name, value in config]
        try:
            base = read_setting(model, arch, version, texts, scenario.config)
        except UsageError:
            continue
        names = _names(base, mine)
        if names is None:
            continue
        for values in product((True, False), repeat=len(names)):
            given = dict(zip(names, values, strict=True))
            turns = _turns(scenario, arch, mine, model, version,
                           [*texts, *(f"{name}={'y' if value else 'n'}" for name, value in given.items())], budget)
            if len(turns) < 2:
                continue
            one = Explored(id="", scenario=scenario, arch=arch, config="", turns=turns,
                           cells=tuple(dict.fromkeys(entry.id for entry in mine)))
            where = And(under(config), *(Var(name) if value else Not(Var(name)) for name, value in given.items()))
            key = tuple((turn.patch, turn.result.outcome, turn.result.violation) for turn in turns)
            found.setdefault(key, []).append((where, one))
    for those in found.values():
        where = _shortest(Or(*(cond for cond, _ in those)))
        said = say_condition(where, model.runtimes(arch, version))
        yield replace(those[0][1], config=said.text if said else str(where),
                      cells=tuple(dict.fromkeys(name for _, one in those for name in one.cells)))


def _shortest(cond: Cond) -> Cond:
    """Return the condition without the names on which it does not depend, where it is one of several terms."""
    for name in sorted(cond.variables()):
        on, off = cond.assume({name: True}), cond.assume({name: False})
        if on == off:
            cond = on
    return cond


def _names(setting: Setting, bound: Iterable[_Bound]) -> list[str] | None:
    """Return the names, set by nobody, that the effects' conditions come down to; None: too many, or unknown."""
    asked: set[str] = set()
    for one in bound:
        for effect in (one.cell.before, one.cell.after):
            guard = _guard(setting, effect)
            if guard is None:
                return None
            asked |= guard.variables()
    found: set[str] = set()
    for name in asked:
        bases = _bases(setting, name, ())
        if bases is None:
            return None
        found |= bases
    left = sorted(found - setting.given.keys())
    return left if len(left) <= _MOST_NAMES else None


def _bases(setting: Setting, name: str, above: tuple[str, ...]) -> set[str] | None:
    """Return the names that decide this one: itself, or those that the model says it hangs on."""
    runtime = setting.runtimes.get(name)
    if runtime is None:
        return {name} if name.startswith("CONFIG_") or name in setting.given else None
    inner = parse_condition(runtime.holds).variables() - {name}
    if runtime.parameters or not inner or name in above:
        return {name}
    found: set[str] = set()
    for part in inner:
        bases = _bases(setting, part, (*above, name))
        if bases is None:
            return None
        found |= bases
    return found


def _guard(setting: Setting, effect: Effect) -> Cond | None:
    """Return when the effect does its work, in names that the model knows; None where that is not known."""
    if not effect.is_work:
        return Not(And())
    if effect.acts is None or not effect.known:
        return None
    only = effect.only if effect.only is not None else And()
    parts = only.parts if only.op == "and" else (only,)
    near = And(*(part for part in parts if all(_is_known(setting, name) for name in part.variables())))
    guard = And(effect.acts, near).replace(lambda name: Var(name.removesuffix("()")))
    return guard if all(_is_known(setting, name) for name in guard.variables()) else None


def _is_known(setting: Setting, name: str) -> bool:
    bare = name.removesuffix("()")
    return bare.startswith("CONFIG_") or setting.knows(bare)


def _turns(scenario: Scenario, arch: str, bound: Sequence[_Bound], model: Model, version: KernelVersion,
           texts: Sequence[str], budget: Budget) -> tuple[Turn, ...]:
    """Return what the scenario comes to before the series and after each patch that changes that; less than two: it
    stays as it was, or cannot be told."""
    turns: list[Turn] = []
    for patch in (0, *sorted({int(one.cell.patch) for one in bound})):
        budget.spend(_STEPS)
        try:
            setting = read_setting(model, arch, version, texts, scenario.config)
            facts = _facts(setting, bound, patch)
            if facts is None:
                return ()
            result = explore(scenario, model, arch=arch, version=version, config=texts, most_states=_MOST_STATES,
                             test_assumptions=False, instead=facts)
        except UsageError:
            return ()
        if result.outcome not in {"holds", "broken"}:
            return ()
        if not turns or turns[-1].result.outcome != result.outcome:
            turns.append(Turn(patch=patch, result=result))
    return tuple(turns)


def _facts(setting: Setting, bound: Iterable[_Bound], patch: int) -> _Facts | None:
    """Return the facts that the effects after a patch make, None where the model has none to begin with."""
    latest: dict[tuple[str, tuple[str, int | None]], tuple[_Bound, bool]] = {}
    for one in sorted(bound, key=lambda entry: int(entry.cell.patch)):
        done = int(one.cell.patch) <= patch
        if done or one.key not in latest:
            latest[one.key] = one, done
    found: _Facts = {}
    for (actor, key), (one, done) in latest.items():
        effect, other = (one.cell.after, one.cell.before) if done else (one.cell.before, one.cell.after)
        itself = latest.get(("", (effect.symbol, None)))
        if actor and itself is not None:
            # What the function itself does is as of now; the call's own cell is as of its patch.
            own = itself[0].cell.after if itself[1] else itself[0].cell.before
            effect = replace(effect, acts=own.acts, flushes=own.flushes, splits=own.splits)
        fact = _fact(setting, effect, other, key[1])
        if fact is None:
            return None
        found.setdefault(actor, {})[key] = fact
    return found


def _fact(setting: Setting, effect: Effect, other: Effect, argument: int | None) -> Fact | None:
    base = setting.fact(effect.symbol or other.symbol, argument)
    guard = _guard(setting, effect)
    if base is None or guard is None or base.status not in {"real", "stub"}:
        return None
    if not effect.is_work:
        return replace(base, status="stub", guard="", noop_when=(effect.does or "it is not called",))
    plain: Mapping[str, str] = {"yes": "yes", "no": "no", "cannot": "cannot"}
    return replace(base, status="real", guard="" if guard == And() else str(guard),
                   noop_when=() if guard == And() else (f"it works only when {guard}",),
                   flushes=base.flushes if effect.flushes is None else effect.flushes,
                   splits=plain.get(effect.splits, base.splits))  # type: ignore[arg-type]

"""What a series changes about each call of the family: before and after, by architecture and configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.definitions import (
    called_instead,
    certain_symbols,
    definition_of,
    describe,
    fact_under,
    when_it_acts,
)
from reviewbot.checks.feasible import feasibility
from reviewbot.checks.leaves import Leaf, global_part, leaves_of
from reviewbot.checks.outcome import warns_after
from reviewbot.checks.predicates import expanded
from reviewbot.checks.reading import touches
from reviewbot.checks.where import arches_at, can_be, where_of
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var
from reviewbot.review.definition_cells import definition_cells, gated_cells
from reviewbot.review.export_cells import export_cells
from reviewbot.source.types import PatchedFile

__all__ = ["behaviour"]

_MOST_SYMBOLS = 5  # 32 configurations for one call: past that the rows say nothing a person would read
_FATE = {"discarded": "dropped", "void-cast": "dropped", "unread": "dropped", "overwritten": "dropped",
         "warn-only": "warned", "handled": "handled", "returned": "returned", "in-macro": "dropped",
         "void-callee": "dropped"}
_ABSENT = Effect(resolves_to="absent", via=(), does="is not called", may_fail=False, errnos=(),
                 on_failure="cannot-fail")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A call before and the call that stands in its place after; None where there is none."""

    file: PatchedFile
    function: str
    before: Call | None
    after: Call | None


def behaviour(analysis: Analysis, *, patches: frozenset[int] | None = None) -> tuple[Cell, ...]:
    """Return a cell for each call in a changed function, architecture and set of configurations that behave alike.

    Cells are ordered by patch, file, function, call and architecture. Cells that did not change are there too: that
    nothing changes somewhere is an answer as well.
    """
    cells: dict[Cell, None] = {}
    for position, state in analysis.states():
        if patches is not None and state.index not in patches:
            continue
        cells.update(dict.fromkeys((*export_cells(analysis, position), *gated_cells(analysis, position))))
        for file in state.files:
            if file.path.endswith((".c", ".h")):
                for pair in _pairs(analysis, position, file):
                    cells.update(dict.fromkeys(_cells(analysis, position, pair)))
                cells.update(dict.fromkeys(definition_cells(analysis, position, file)))
    return tuple(sorted(cells, key=lambda c: (int(c.patch), c.file, c.function, c.call, c.arch, c.config)))


def _pairs(analysis: Analysis, position: int, file: PatchedFile) -> Iterator[_Pair]:
    """Yield the calls of each changed function, each with its counterpart on the other side.

    Helpers that other changed functions call are left out, because their effect shows where they are called. The
    family's own functions have cells of their own; of their calls only those of other functions of the family count.
    """
    before, after = analysis.before(position), analysis.after(position)
    helpers = _called_by_changed(analysis, position)
    changed = [f for f in (after.facts[file.path].functions if file.path in after.facts else ())
               if f.name and touches(file, f) and f.name not in helpers]
    for function in changed:
        old = _calls_in(before, file.old_path, function.name)
        new = [call for call in after.facts[file.path].calls
               if function.span.line <= call.span.line <= function.span.end_line]
        if function.name in analysis.primitives:
            old, new = (_of_others(analysis, calls, function.name) for calls in (old, new))
        yield from _matched(file, function.name, old, new)
    names = {f.name for f in after.facts[file.path].functions} if file.path in after.facts else set()
    gone = [f.name for f in (before.facts[file.old_path].functions if file.old_path in before.facts else ())
            if f.name and f.name not in names | helpers | analysis.primitives]
    for name in gone:
        yield from _matched(file, name, _calls_in(before, file.old_path, name), [])


def _of_others(analysis: Analysis, calls: list[Call], name: str) -> list[Call]:
    """Return the calls of other functions that users of the family call too: workers say nothing to them."""
    return [call for call in calls if call.callee != name and call.callee in analysis.family.names("core")]


def _called_by_changed(analysis: Analysis, position: int) -> frozenset[str]:
    """Return the names that the functions changed by the patch call, before or after it."""
    changed = {function.name for file in analysis.patched.states[position].files
               for facts in [analysis.after(position).facts.get(file.path)] if facts
               for function in facts.functions if touches(file, function)}
    return frozenset(call.callee for side in (analysis.before(position), analysis.after(position))
                     for facts in side.facts.values() for call in facts.calls
                     if call.function in changed and call.function != call.callee)


def _calls_in(side: Side, path: str, function: str) -> list[Call]:
    facts = side.facts.get(path)
    return [call for call in facts.calls if call.function == function] if facts else []


def _matched(file: PatchedFile, function: str, old: list[Call], new: list[Call]) -> Iterator[_Pair]:
    """Pair equal callees in order, then what is left on both sides in order: a call that took another one's place."""
    left, right = list(old), list(new)
    pairs: list[tuple[Call | None, Call | None]] = []
    for call in old:
        partner = next((c for c in right if c.callee == call.callee and c.arguments == call.arguments), None)
        partner = partner or next((c for c in right if c.callee == call.callee), None)
        if partner is not None:
            right.remove(partner)
            left.remove(call)
            pairs.append((call, partner))
    while left and right:
        pairs.append((left.pop(0), right.pop(0)))
    pairs += [(call, None) for call in left] + [(None, call) for call in right]
    for before, after in pairs:
        yield _Pair(file=file, function=function, before=before, after=after)


def _cells(analysis: Analysis, position: int, pair: _Pair) -> Iterator[Cell]:
    before, after = analysis.before(position), analysis.after(position)
    state = analysis.patched.states[position]
    old_leaves = _leaves(analysis, before, pair.file.old_path, pair.before)
    new_leaves = _leaves(analysis, after, pair.file.path, pair.after)
    if not old_leaves and not new_leaves:
        return
    sides = ((pair.file.path, pair.after, False), (pair.file.old_path, pair.before, True))
    wheres = [where_of(analysis, position, path, call, before=old) for path, call, old in sides if call]
    for arch in arches_at(analysis, *wheres):
        fixed = certain_symbols(analysis, after, arch)

        def effects(values: Mapping[str, bool], arch: str = arch, fixed: Mapping[str, bool] = fixed) -> _Effects:
            known = {**values, **fixed}
            return (_effect(analysis, before, arch, known, pair.before, old_leaves),
                    _effect(analysis, after, arch, known, pair.after, new_leaves))

        def possible(config: Cond, arch: str = arch) -> bool:
            return any(can_be(analysis, where, arch, config) is not Ternary.NO for where in wheres)

        symbols = _symbols((*old_leaves, *new_leaves), fixed)
        for config, (old, new) in _rows(symbols, effects, possible):
            yield Cell(patch=str(state.index), file=pair.file.path, function=pair.function, call=_spelled(pair),
                       arch=arch, config=tuple(sorted(config.items())), before=old, after=new)


def _spelled(pair: _Pair) -> str:
    call = pair.after or pair.before
    assert call is not None
    return f"{call.callee}({', '.join(call.arguments)})"


def _leaves(analysis: Analysis, side: Side, path: str, call: Call | None) -> tuple[Leaf, ...]:
    if call is None:
        return ()
    facts = side.facts.get(path)
    function = next((f for f in (facts.functions if facts else ())
                     if f.span.line <= call.span.line <= f.span.end_line), None)
    guards = And(*(global_part(guard.condition, function, (), side) for guard in call.guards)) if function else TRUE
    leaves = leaves_of(side, call.callee, near=path, arguments=call.arguments, primitives=analysis.primitives)
    return tuple(_under(leaf, guards) for leaf in leaves)


def _under(leaf: Leaf, guards: Cond) -> Leaf:
    return replace(leaf, when=And(guards, leaf.when))


def _symbols(leaves: Sequence[Leaf], fixed: Mapping[str, bool]) -> tuple[str, ...]:
    names = {name for leaf in leaves for name in leaf.when.variables() if name.startswith("CONFIG_")}
    wanted = sorted(name for name in names if name not in fixed and not name.endswith("_MODULE"))
    return tuple(wanted[:_MOST_SYMBOLS])


_Effects = tuple[Effect, Effect]


def _rows(symbols: tuple[str, ...], effects: Callable[[Mapping[str, bool]], _Effects],
          possible: Callable[[Cond], bool]) -> Iterator[tuple[dict[str, str], _Effects]]:
    """Yield the effects for each configuration that there can be, without the symbols on which they do not depend."""
    modules = dict.fromkeys((f"{symbol}_MODULE" for symbol in symbols), False)
    table = {values: effects(dict(zip(symbols, values, strict=True)) | modules)
             for values in product((False, True), repeat=len(symbols))}
    if len(set(table.values())) > 1:
        real = {values: row for values, row in table.items() if possible(
            And(*(Var(name) if value else Not(Var(name)) for name, value in zip(symbols, values, strict=True))))}
        table = real or table
    yield from _merge(symbols, table, {})


def _merge(symbols: tuple[str, ...], table: Mapping[tuple[bool, ...], _Effects],
           chosen: dict[int, bool]) -> Iterator[tuple[dict[str, str], _Effects]]:
    rows = [row for values, row in table.items() if all(values[i] == v for i, v in chosen.items())]
    if len(set(rows)) <= 1:
        for row in rows[:1]:
            yield {symbols[i].removeprefix("CONFIG_"): "y" if v else "n" for i, v in chosen.items()}, row
        return
    # Split on the first symbol that matters here.
    index = next((i for i in range(len(symbols)) if i not in chosen and _matters(table, chosen, i)), None)
    if index is None:  # no two rows differ in one symbol alone: the first one that differs at all
        index = next(i for i in range(len(symbols)) if i not in chosen and len(
            {values[i] for values in table if all(values[j] == v for j, v in chosen.items())}) > 1)
    for value in (False, True):
        yield from _merge(symbols, table, {**chosen, index: value})


def _matters(table: Mapping[tuple[bool, ...], _Effects], chosen: Mapping[int, bool], index: int) -> bool:
    for values, row in table.items():
        if all(values[i] == v for i, v in chosen.items()):
            flipped = tuple(not v if i == index else v for i, v in enumerate(values))
            if table.get(flipped, row) != row:
                return True
    return False


def _effect(analysis: Analysis, side: Side, arch: str, values: Mapping[str, bool], call: Call | None,
            leaves: tuple[Leaf, ...]) -> Effect:
    """Return what the call comes down to in this configuration: the first family function that is not ruled out."""
    if call is None:
        return _ABSENT
    leaves = tuple(replace(leaf, when=expanded(analysis, side, leaf.when, arch, leaf.file)) for leaf in leaves)
    live = [leaf for leaf in leaves if leaf.when.evaluate(values) is not Ternary.NO]
    if not live:
        return Effect(resolves_to="absent", via=(call.callee,), does="nothing is called", may_fail=False, errnos=(),
                      on_failure="cannot-fail")
    effects = [_leaf_effect(analysis, side, arch, values, call, leaf) for leaf in live]
    return next((e for e in effects if e.resolves_to not in {"stub", "undeclared"}), effects[0])


def _leaf_effect(analysis: Analysis, side: Side, arch: str, values: Mapping[str, bool], call: Call,
                 leaf: Leaf) -> Effect:
    fact = fact_under(analysis, side, arch, leaf.primitive, values)
    if fact is None:
        place = definition_of(analysis, side, leaf.primitive, None)
        return Effect(resolves_to=str(place) if place else "undeclared", via=leaf.via,
                      does=f"{leaf.primitive}() is not known here, whether it can fail neither", may_fail=False,
                      errnos=(), on_failure=_fate(analysis, side, leaf, leaf.use or call.use),  # type: ignore[arg-type]
                      known=False, symbol=leaf.primitive)
    if fact.status in {"stub", "undeclared"}:
        return Effect(resolves_to=fact.status, via=leaf.via, does=f"{leaf.primitive}() {describe(fact)}",
                      may_fail=bool(fact.may_fail), errnos=tuple(name for name, _ in fact.errnos),
                      on_failure=(_fate(analysis, side, leaf, leaf.use or call.use)  # type: ignore[arg-type]
                                  if fact.may_fail else "cannot-fail"), symbol=leaf.primitive,
                      acts=FALSE if fact.status == "stub" else None)
    place = definition_of(analysis, side, leaf.primitive, fact)
    acts = when_it_acts(analysis, side, place, leaf.primitive, fact)
    called = _runtime(leaf.when.assume(values))
    instead = called_instead(analysis, side, place, leaf.primitive, fact)
    use = leaf.use or call.use
    lost_inside = fact.returns == "void" and bool(fact.drops)
    never = fact.may_fail is False or (not lost_inside and feasibility(
        analysis, side, leaf.file, leaf.call or call, arch, fact=fact).answer == "cannot")
    may_fail = bool(fact.may_fail) and not never
    fate = "dropped" if lost_inside else "cannot-fail" if never else _fate(analysis, side, leaf, use)
    only = "" if called == TRUE else f"is called only when {called}, "
    return Effect(resolves_to=str(place) if place else fact.defined_in, via=leaf.via,
                  does=f"{leaf.primitive}() {only}{describe(fact, acts, prose=False, instead=instead)}",
                  may_fail=may_fail, errnos=() if never else tuple(name for name, _ in fact.errnos),
                  on_failure=fate,  # type: ignore[arg-type]  # the table above holds only values of the literal
                  known=fact.may_fail is not None, symbol=leaf.primitive, acts=_whole(fact, acts),
                  only=called, flushes=fact.flushes, splits=fact.splits)


def _whole(fact: Fact, acts: Cond) -> Cond | None:
    """Return when the function works, read from its code; None where only the model says that it does nothing."""
    if acts == TRUE and fact.noop_when:
        return FALSE if fact.noop_when[0].startswith("always") else None
    return acts


def _fate(analysis: Analysis, side: Side, leaf: Leaf, use: str) -> str:
    """Return what becomes of an error: what a void helper handles its caller never learns of."""
    if use != "handled" or not leaf.via:
        return _FATE[use]
    helper = side.wrapper(leaf.via[-1], leaf.file)
    if helper is None or not helper.lossy:
        return _FATE[use]
    return "warned" if leaf.call is not None and warns_after(analysis.reading, side, helper, leaf.call) else "dropped"


def _runtime(condition: Cond) -> Cond:
    """Return what a mixed condition says about run time: every CONFIG symbol taken as what the row says already."""
    def open_config(name: str) -> Cond | None:
        return TRUE if name.startswith("CONFIG_") else None
    if condition.op == "not" and condition.parts[0].name.startswith("CONFIG_"):
        return TRUE
    if condition.op == "and":
        return And(*(_runtime(part) for part in condition.parts))
    if condition.op == "or":
        return Or(*(_runtime(part) for part in condition.parts))
    return condition.replace(open_config)

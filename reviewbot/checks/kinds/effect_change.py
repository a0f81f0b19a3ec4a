"""Kind `effect-change`: a new call does nothing in a configuration where the call whose place it takes did its work.

Options: `api` (families).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Call, Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.definitions import certain_symbols, definition_of, fact_under, when_it_acts
from reviewbot.checks.draft import Spot, callee_evidence, draft_finding, table_for
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.leaves import Leaf, global_part, leaves_of
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import Where, can_be, running_at, where_of
from reviewbot.errors import BudgetError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Or, Ternary, Var, difference
from reviewbot.source.types import PatchedFile
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["EFFECT_CHANGE"]

_FIELDS = frozenset({"function", "callee", "replaced", "was", "arches", "witness", "idle", "more", "object"})
_DEBUG_PAGEALLOC = "debug_pagealloc_enabled()"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effect:
    """A call and a function of the family below it: when that is reached, and when it then does any work there."""

    call: Call
    leaf: Leaf
    fact: Fact
    reached: Cond
    works: Cond

    @property
    def acts(self) -> Cond:
        """Return when the call gets any work done through this function."""
        return And(self.reached, self.works)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loss:
    """Under `witness` the call `idle` does nothing on these architectures, where `was` did."""

    witness: tuple[tuple[str, bool], ...]
    idle: _Effect
    was: _Effect


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api"))
    before, after = analysis.before(position), analysis.after(position)
    for file in analysis.patched.states[position].files:
        facts = after.facts.get(file.path)
        if not file.path.endswith(".c") or facts is None:
            continue
        for function in facts.functions:
            if not touches(file, function) or function.name in wanted:
                continue
            old = [call for call in _calls(before, file.old_path) if call.function == function.name]
            new = [call for call in facts.calls
                   if function.span.line <= call.span.line <= function.span.end_line]
            gone, come = _apart(old, new)
            if gone and come:
                yield from _compared(rule, analysis, position, file, function, (gone, come))


def _calls(side: Side, path: str) -> tuple[Call, ...]:
    facts = side.facts.get(path)
    return facts.calls if facts else ()


def _apart(old: list[Call], new: list[Call]) -> tuple[list[Call], list[Call]]:
    """Return the calls that only stood there before and those that only stand there now, by callee."""
    now, then = {call.callee for call in new}, {call.callee for call in old}
    return [call for call in old if call.callee not in now], [call for call in new if call.callee not in then]


def _compared(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, function: Function,
              calls: tuple[list[Call], list[Call]]) -> Iterator[Finding]:
    """Yield a finding for each new function that is reached, and idle, where something was done before."""
    before, after = analysis.before(position), analysis.after(position)
    found: dict[tuple[str, tuple[tuple[str, bool], ...]], tuple[list[str], _Loss]] = {}
    wheres = [where_of(analysis, position, file.path, call) for call in calls[1]]
    for arch in running_at(analysis, *wheres):
        values = certain_symbols(analysis, after, arch)
        old = _effects(analysis, before, (file.old_path, arch), calls[0], values)
        new = _effects(analysis, after, (file.path, arch), calls[1], values)
        loss = _loss(analysis, wheres, arch, values, old, new)
        if loss is not None:
            found.setdefault((loss.idle.leaf.primitive, loss.witness), ([], loss))[0].append(arch)
    for _, (arches, loss) in sorted(found.items(), key=lambda item: item[0]):
        yield _finding(rule, analysis, position, file, function, loss, tuple(arches))


def _loss(analysis: Analysis, wheres: Sequence[Where], arch: str, values: Mapping[str, bool], old: list[_Effect],
          new: list[_Effect]) -> _Loss | None:
    was, now = Or(*(effect.acts for effect in old)), Or(*(effect.acts for effect in new))
    for idle in new:
        witness = _witness(And(was, Not(now), idle.reached, Not(idle.works)).assume(values))
        if not idle.fact.is_real or witness is None or not _reachable(analysis, wheres, arch, witness):
            continue
        known = {**values, **witness}
        works = next(effect for effect in old if effect.acts.evaluate(known) is not Ternary.NO)
        if works.leaf.primitive != idle.leaf.primitive:
            return _Loss(witness=tuple(sorted(witness.items())), idle=idle, was=works)
    return None


def _effects(analysis: Analysis, side: Side, where: tuple[str, str], calls: list[Call],
             values: Mapping[str, bool]) -> list[_Effect]:
    """Return what the calls come down to on an architecture; [] when one of them is not in the model."""
    path, arch = where
    effects = []
    for call in calls:
        function = side.function_at(path, call.span.line)
        guards = And(*(global_part(g.condition, function, side) for g in call.guards)) if function else TRUE
        for leaf in leaves_of(side, call.callee, near=path, arguments=call.arguments, primitives=analysis.primitives,
                              values=call.values):
            if not leaf.is_on(arch):
                continue
            fact = fact_under(analysis, side, arch, leaf.primitive, values)
            if fact is None:
                return []
            effects.append(_Effect(
                call=call, leaf=leaf, fact=fact, reached=And(guards, leaf.when).replace(_known),
                works=_when(analysis, side, leaf.primitive, fact).replace(_known)))
    return effects


def _when(analysis: Analysis, side: Side, symbol: str, fact: Fact) -> Cond:
    if fact.status in {"stub", "undeclared"} or (fact.noop_when and fact.noop_when[0].startswith("always")):
        return FALSE
    return when_it_acts(analysis, side, definition_of(analysis, side, symbol, fact), symbol, fact)


def _known(name: str) -> Cond | None:
    """Return what a name in a condition stands for: the static form of a question asks the same."""
    if name in {_DEBUG_PAGEALLOC, "debug_pagealloc_enabled_static()"}:
        return And(Var("CONFIG_DEBUG_PAGEALLOC"), Var(_DEBUG_PAGEALLOC))
    return None


def _witness(condition: Cond) -> dict[str, bool] | None:
    """Return the fewest values under which the condition holds, None when it never does or has too many names."""
    try:
        witness = difference(condition, FALSE)
    except BudgetError:
        return None
    for name in sorted(witness or ()):
        rest = {other: value for other, value in (witness or {}).items() if other != name}
        if condition.evaluate(rest) is Ternary.YES:
            witness = rest
    return witness


def _reachable(analysis: Analysis, wheres: Sequence[Where], arch: str, witness: Mapping[str, bool]) -> bool:
    """Return whether the configuration part of the witness may be possible where one of the calls stands."""
    config = And(*(Var(name) if value else Not(Var(name)) for name, value in sorted(witness.items())
                   if name.startswith("CONFIG_")))
    return any(can_be(analysis, where, arch, config) is not Ternary.NO for where in wheres)


def _finding(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, function: Function, loss: _Loss,
             arches: tuple[str, ...]) -> Finding:
    state, side = analysis.patched.states[position], analysis.after(position)
    idle, was = loss.idle, loss.was
    inner = idle.leaf if idle.leaf.call and any(idle.leaf.file == f.path for f in state.files) else None
    spot = Spot(file=inner.file if inner else file.path, line=inner.line if inner else idle.call.span.line,
                end_line=inner.line if inner else idle.call.span.end_line,
                function=inner.via[-1] if inner and inner.via else function.name, symbol=idle.leaf.primitive, side=side)
    said, idle_when = _say(dict(loss.witness)), _needed_for(Not(idle.works), dict(loss.witness))
    # Whether debugging is on is asked of a function that says no where it is not built in.
    more = {name: value for name, value in loss.witness if name not in idle_when
            and not (name == "CONFIG_DEBUG_PAGEALLOC" and value and dict(loss.witness).get(_DEBUG_PAGEALLOC))}
    fields = {"idle": _say(idle_when), "more": f" when {_say(more)}" if more else "",
              "function": spot.function, "callee": idle.leaf.primitive, "replaced": was.call.callee,
              "was": was.leaf.primitive, "arches": quote_names(arches), "witness": said,
              "object": idle.call.arguments[0] if idle.call.arguments else "the range"}
    evidence: list[Evidence] = []
    for effect, moment in ((idle, side), (was, analysis.before(position))):
        evidence += callee_evidence(analysis, moment, effect.leaf.primitive, arches)
        evidence += [Evidence(kind="model", file=effect.fact.defined_in.split(":")[0], line=0,
                              text=f"{effect.leaf.primitive}() does nothing: {quote_names(effect.fact.noop_when)}",
                              rev=f"model {analysis.version}")] if effect.fact.noop_when else []
    finding = draft_finding(
        rule, state, spot, fields, message_id=analysis.message_id(state.index), arches=arches, config=said,
        evidence=tuple(dict.fromkeys(evidence)), table=table_for(analysis, side, idle.leaf.primitive, arches))
    mended = _mended_by(analysis, position, loss)
    return replace(finding, fixed_by=mended, level="note") if mended is not None else finding


def _say(values: Mapping[str, bool]) -> str:
    return " && ".join(name if value else f"!{name}" for name, value in sorted(values.items()))


def _needed_for(condition: Cond, witness: Mapping[str, bool]) -> dict[str, bool]:
    """Return the fewest of the values under which the condition holds by itself, all of them where it needs all."""
    needed = dict(witness)
    for name in sorted(witness):
        rest = {other: value for other, value in needed.items() if other != name}
        if rest and condition.evaluate(rest) is Ternary.YES:
            needed = rest
    return needed


def _mended_by(analysis: Analysis, position: int, loss: _Loss) -> int | None:
    """Return the number of the later patch from which on the function acts under the witness; None if it never does."""
    known, mended = dict(loss.witness), None
    for later in range(len(analysis.patched.states) - 1, position, -1):
        works = _when(analysis, analysis.after(later), loss.idle.leaf.primitive, loss.idle.fact).replace(_known)
        if works.evaluate(known) is not Ternary.YES:
            break
        mended = analysis.patched.states[later].index
    return mended


EFFECT_CHANGE = Kind(name="effect-change", fields=_FIELDS, changes=_run, check_options=_check)

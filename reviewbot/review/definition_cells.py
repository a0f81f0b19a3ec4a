"""The cells of functions of the family that a patch itself defines, changes, moves or takes away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Function
from reviewbot.checks.alike import answer_alike
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.arguments import is_single_page, parameter_types
from reviewbot.checks.configured import concerned
from reviewbot.checks.definitions import (
    UNTOLD,
    Place,
    called_instead,
    certain_symbols,
    definition_of,
    describe,
    does_nothing_when,
    fact_at,
    fact_under,
    facts_at,
    what_is_hidden,
    when_it_acts,
)
from reviewbot.checks.gated_headers import changed_kconfig, is_seen_whole, names_gated_by
from reviewbot.checks.needs import needs_of, worth_saying
from reviewbot.checks.reading import code_of, touches
from reviewbot.checks.where import Where
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import FALSE, TRUE, Cond
from reviewbot.review.grounds import half_known, on_one_ground, proved_errnos
from reviewbot.review.new_definitions import UNREAD, generic_stub, in_plain_words, stub_at, unseen_before
from reviewbot.review.phrases import NO_FUNCTION, NOT_SEEN
from reviewbot.source.types import PatchedFile

__all__ = ["definition_cells", "gated_cells"]

Fate = Literal["dropped", "warned", "returned", "handled", "cannot-fail"]
BEFORE_UNSEEN = "what stood for it before was not seen"
_LOST = frozenset({"discarded", "void-cast", "unread", "overwritten"})
_ABSENT = Effect(resolves_to="absent", via=(), does=NO_FUNCTION, may_fail=False, errnos=(),
                 on_failure="cannot-fail")


def definition_cells(analysis: Analysis, position: int, file: PatchedFile) -> Iterator[Cell]:
    """Yield a cell for each function of the family that an architecture's file defines and the patch changes.

    What it was before is the definition of the same file, or of the one that the patch moves it out of; what it is
    after its removal is what callers get instead.
    """
    arch = own_arch(file.path) or own_arch(file.old_path)
    if arch not in analysis.arches:
        return
    before, after = analysis.before(position), analysis.after(position)
    old, new = _functions(before, file.old_path), _functions(after, file.path)
    for name in sorted({*old, *new} & analysis.primitives):
        function = new.get(name)
        if function is None:
            pair = _taken_away(analysis, position, file.old_path, old[name], arch)
        elif name in old and (not touches(file, function) or code_of(file.before, old[name]) == code_of(
                file.after, function)):
            continue
        else:
            pair = _changed(analysis, position, file, name, arch)
        if pair is not None:
            unread = not pair[1].known and pair[1].does.endswith(UNTOLD)
            unseen = pair[0].does == NOT_SEEN
            doubt = UNREAD if unread else BEFORE_UNSEEN if unseen else pair[1].doubt or half_known(*pair)
            yield Cell(patch=str(analysis.patched.states[position].index), file=file.path, function=name, call=name,
                       arch=arch, config=_options(analysis, position, file, name, arch), before=pair[0],
                       after=pair[1], doubt=doubt, open=unread or unseen)


def _options(analysis: Analysis, position: int, file: PatchedFile, name: str, arch: str) -> tuple[tuple[str, str], ...]:
    """Return the options without which no kernel has the definition, before and after the patch."""
    places = [(position, analysis.before(position), file.old_path), (position + 1, analysis.after(position), file.path)]
    wheres = [Where(moment=moment, side=side, path=path, line=function.span.line, nest=function.path_condition,
                    files=(path,)) for moment, side, path in places
              if (function := _functions(side, path).get(name)) is not None]
    needs = needs_of(analysis, wheres, arch)
    return tuple(sorted(worth_saying(analysis.configs[position + 1], arch, needs, {}).items()))


def gated_cells(analysis: Analysis, position: int) -> Iterator[Cell]:
    """Yield a cell for each function of the family of which an architecture gets another definition by a changed
    Kconfig line."""
    before, after = analysis.before(position), analysis.after(position)
    state = analysis.patched.states[position]
    said: set[tuple[str, str]] = set()
    for line in changed_kconfig(state):
        for name in names_gated_by(analysis, analysis.sides[position + 1].tree, line.symbols):
            for arch in concerned(analysis, after.tree, line.file):
                if (name, arch) in said or name not in analysis.primitives:
                    continue
                said.add((name, arch))
                if any(one.position == position and one.arch == arch and one.path.endswith(".c")
                       for one in analysis.redefined.get(name, ())):
                    continue  # its own cell says it
                if not is_seen_whole(analysis, len(analysis.patched.states), name) or _resolved(
                        analysis, position, name, arch) == _resolved(analysis, position + 1, name, arch):
                    continue
                old, new = (fact_under(analysis, side, arch, name, certain_symbols(analysis, side, arch))
                            for side in (before, after))
                if old is None or new is None or _kind(old) == _kind(new):
                    continue
                pair = on_one_ground(_of_fact(analysis, before, old), _of_fact(analysis, after, new))
                yield Cell(patch=str(state.index), file=line.file, function=name, call=name, arch=arch, config=(),
                           before=pair[0], after=pair[1], doubt=half_known(*pair))


def _kind(fact: Fact) -> tuple[str, str]:
    """Return what kind of definition it is and in which file: the line is only known of the one and not the other."""
    return fact.status, fact.defined_in.split(":")[0]


def _resolved(analysis: Analysis, moment: int, name: str, arch: str) -> frozenset[tuple[str, str, Cond]]:
    """Return what the architecture gets for the name at that moment, and under which configurations."""
    return frozenset((entry.status, entry.defined_in.rpartition(":")[0], entry.condition)
                     for entry in analysis.configs[moment].definition_for(name, arch))


def _told(analysis: Analysis, fact: Fact) -> Fact:
    """Return the fact without what is not so of a function of single pages."""
    return replace(fact, partial_on_failure=None) if is_single_page(analysis.family.get(fact.symbol)) else fact


def _of_fact(analysis: Analysis, side: Side, fact: Fact) -> Effect:
    fact = _told(analysis, fact)
    place = definition_of(analysis, side, fact.symbol, fact) if fact.is_real else None
    acts = when_it_acts(analysis, side, place, fact.symbol, fact) if place else TRUE
    instead = called_instead(analysis, side, place, fact.symbol, fact) if place else ()
    return Effect(
        resolves_to=str(place or fact.defined_in) if fact.is_real else fact.status, via=(),
        does=f"{fact.symbol}() {describe(fact, acts, prose=False, instead=instead)}", may_fail=bool(fact.may_fail),
        known=fact.may_fail is not None and fact.status != "undeclared", errnos=proved_errnos(fact),
        on_failure="returned" if fact.may_fail is not False and fact.returns != "void" else "cannot-fail",
        symbol=fact.symbol, acts=FALSE if fact.status == "stub" else acts, flushes=fact.flushes, splits=fact.splits,
        read_from=fact.read_from if fact.is_real else "")


def _functions(side: Side, path: str) -> dict[str, Function]:
    facts = side.facts.get(path)
    return {function.name: function for function in facts.functions if function.name} if facts else {}


def _changed(analysis: Analysis, position: int, file: PatchedFile, name: str, arch: str
             ) -> tuple[Effect, Effect] | None:
    before, after = analysis.before(position), analysis.after(position)
    new = _functions(after, file.path)[name]
    now = Place(file=file.path, line=new.span.line, text="")
    old = _functions(before, file.old_path).get(name)
    was = Place(file=file.old_path, line=old.span.line, text="") if old else _moved_from(analysis, position, new, arch)
    then = _known(analysis, before, arch, name, was) if was else None
    known = _known(analysis, after, arch, name, now)
    alike = then and then[2] != known[2] and answer_alike(analysis, position, then[2], known[2], arch)
    hollow_new = stub_at(analysis, after, arch, name, now)
    hollow_old = stub_at(analysis, before, arch, name, was) if was else None
    if then and not (hollow_new or hollow_old):
        return on_one_ground(_in_two_ways(then, known) if alike else _effect(*then), _effect(*known))
    effect = _of_fact(analysis, after, hollow_new) if hollow_new else in_plain_words(
        analysis, after, now, _effect(*known), known[0])
    if then:
        return _of_fact(analysis, before, hollow_old) if hollow_old else \
            _in_two_ways(then, known) if alike else _effect(*then), effect
    fact = fact_under(analysis, before, arch, name, certain_symbols(analysis, before, arch))
    hollow = fact is not None and fact.status in {"stub", "undeclared"}
    if fact and hollow:
        return _of_fact(analysis, before, fact), effect
    # Of a file known by its hunks the tree may have the definition already: the author's tree did not.
    stub, maybe = (None, False) if file.whole else generic_stub(analysis, position, name, arch)
    return _of_fact(analysis, before, stub) if stub else unseen_before(_ABSENT) if maybe else _ABSENT, effect


def _in_two_ways(then: _Known, known: _Known) -> Effect:
    """Return what stood before in its own words, where the two say one condition in two ways."""
    own, as_now = _effect(*then), _effect(then[0], then[1], known[2], known[3], then[4])
    was, now = (does_nothing_when(one[2]) for one in (then, known))
    if own.does.replace(was, now) != as_now.does:
        return as_now
    return replace(as_now, does=own.does, reworded=((was, now),))


def _moved_from(analysis: Analysis, position: int, new: Function, arch: str) -> Place | None:
    """Return where the function stood before, if that place has it no more; a static one that took other arguments was
    another function of the name."""
    name = new.name
    before, after = analysis.before(position), analysis.after(position)
    fact = fact_under(analysis, before, arch, name, certain_symbols(analysis, before, arch))
    place = definition_of(analysis, before, name, fact) if fact and fact.is_real else None
    if place is None or not place.line or definition_of(analysis, after, name, replace(
            fact, defined_in=place.file)) == place:  # type: ignore[type-var]  # there is a place only with a fact
        return None
    there = analysis.read(after, place.file)
    if there and any(one.name == name for one in there.functions):
        return None
    old = _functions(before, place.file).get(name)
    return place if old is None or not old.static or parameter_types(old) == parameter_types(new) else None


def _taken_away(analysis: Analysis, position: int, path: str, old: Function, arch: str) -> tuple[Effect, Effect] | None:
    """Return what stood there and what callers get now; None where the function has only moved."""
    before, after = analysis.before(position), analysis.after(position)
    values = certain_symbols(analysis, after, arch)
    now = fact_under(analysis, after, arch, old.name, values)
    if now is None or now.is_real:
        return None
    then = _known(analysis, before, arch, old.name, Place(file=path, line=old.span.line, text=""))
    does = f"{old.name}() {describe(now)}"
    return _effect(*then), Effect(
        resolves_to=now.status, via=(), does=does, may_fail=bool(now.may_fail), on_failure="cannot-fail",
        errnos=proved_errnos(now), symbol=old.name, acts=FALSE if now.status == "stub" else None,
        known=now.status == "stub")


_Known = tuple[Fact, Place, Cond, tuple[str, ...], Fate]


def _known(analysis: Analysis, side: Side, arch: str, name: str, place: Place) -> _Known:
    fact = _told(analysis, fact_at(analysis, side, arch, name, place))
    if fact.partial_on_failure and _changes_one_page(analysis, side, name, place):
        fact = replace(fact, partial_on_failure=None)
    return (fact, place, when_it_acts(analysis, side, place, name, fact),
            called_instead(analysis, side, place, name, fact), _fate(analysis, side, arch, fact, place))


def _changes_one_page(analysis: Analysis, side: Side, name: str, place: Place) -> bool:
    """Return whether the function there calls the family for one and the same page alone, by the number it hands on."""
    facts = analysis.read(side, place.file)
    calls = [call for call in (facts.calls if facts else ()) if call.function == name]
    return len({call.arguments for call in calls}) == 1 and all(
        is_single_page(analysis.family.get(call.callee), call.arguments) for call in calls)


def _fate(analysis: Analysis, side: Side, arch: str, fact: Fact, place: Place) -> Fate:
    """Return what becomes of a failure: a function that returns nothing deals with those of its calls itself."""
    if fact.returns != "void":
        return "returned" if fact.may_fail is not False else "cannot-fail"
    facts = analysis.read(side, place.file)
    uses = {call.use for call in (facts.calls if facts else ()) if call.function == fact.symbol
            and analysis.returns(call.callee) == "int"
            and any(inner.may_fail is not False for inner in facts_at(analysis, side, arch, call.callee))}
    if fact.drops or uses & _LOST:
        return "dropped"
    return "warned" if "warn-only" in uses else "handled" if uses else "cannot-fail"


def _effect(fact: Fact, place: Place, acts: Cond, instead: tuple[str, ...], fate: Fate) -> Effect:
    """Return the definition as an effect, with what its code does wherever it is called."""
    words = "never acts" if acts == FALSE else describe(fact, acts, prose=False, instead=instead)
    return Effect(
        resolves_to=place.file, via=(), may_fail=bool(fact.may_fail), known=fact.may_fail is not None,
        does=f"{fact.symbol}() {words}", errnos=proved_errnos(fact), read_from=fact.read_from,
        on_failure=fate, symbol=fact.symbol, doubt=what_is_hidden(fact),
        acts=None if acts == TRUE and fact.noop_when else acts, flushes=fact.flushes, splits=fact.splits)

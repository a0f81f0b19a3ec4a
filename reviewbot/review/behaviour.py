"""What a series changes about each call of the family: before and after, by architecture and configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Literal

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Call
from reviewbot.checks.alike import answer_alike
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.arguments import is_single_page
from reviewbot.checks.behind_failure import never_runs
from reviewbot.checks.definitions import (
    called_instead,
    certain_symbols,
    chosen_by,
    definition_of,
    describe,
    does_nothing_when,
    fact_under,
    what_is_hidden,
    when_it_acts,
)
from reviewbot.checks.feasible import as_met, feasibility, only_by_mistake, takes_mistakes
from reviewbot.checks.inside import frees_failed, keeps_what_failed
from reviewbot.checks.leaves import Leaf
from reviewbot.checks.linear import as_refused
from reviewbot.checks.made_facts import condition_of
from reviewbot.checks.needs import needs_of, worth_saying
from reviewbot.checks.outcome import warns_after
from reviewbot.checks.predicates import expanded, options_asked, settled, written_out
from reviewbot.checks.where import Where, as_guarded, at_leaf, can_be, is_called, is_idle, where_of
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import FALSE, TRUE, And, Cond, Ternary
from reviewbot.review.askers import gone_to_callers
from reviewbot.review.beneath import changed_work, with_work
from reviewbot.review.bodies import bodies, built_apart, replaced_by, runs, where_built
from reviewbot.review.chosen import by_hand, needed
from reviewbot.review.compared import compare, directives_of
from reviewbot.review.counted import count_of
from reviewbot.review.definition_cells import definition_cells, gated_cells
from reviewbot.review.export_cells import export_cells
from reviewbot.review.grounds import half_known, on_one_fate, on_one_ground, proved_errnos
from reviewbot.review.linked import as_linked
from reviewbot.review.matching import Item, Place
from reviewbot.review.pairs import Pair, pairs_of
from reviewbot.review.phrases import ABSENT, NO_FUNCTION, NOT_HERE, NOT_REACHED, NOT_SEEN
from reviewbot.review.rows import Effects, modules_of, rows, symbols_of
from reviewbot.review.worded import in_running
from reviewbot.source import OverlayTree
from reviewbot.source.types import PatchState

__all__ = ["behaviour"]

_UNKNOWN = "is not known here and may perhaps fail"
_FATE = {"discarded": "dropped", "void-cast": "dropped", "unread": "dropped", "overwritten": "dropped",
         "warn-only": "warned", "handled": "handled", "returned": "returned", "in-macro": "dropped",
         "void-callee": "dropped"}
_STEPS, _STEPS_A_TEST = 20, 4  # what a cell costs, and each test in front of its call


def behaviour(analysis: Analysis, *, patches: frozenset[int] | None = None) -> tuple[Cell, ...]:
    """Return a cell for each call in a changed function, architecture and set of configurations that behave alike.

    Cells are ordered by patch, file, function, call and architecture. Cells that did not change are there too: that
    nothing changes somewhere is an answer as well.
    """
    cells: dict[Cell, None] = {}
    budget, start = analysis.budget, analysis.budget.used
    for position, state in analysis.states():
        if patches is not None and state.index not in patches:
            continue
        if budget.is_beyond(start, budget.limits.part // 2):  # the page has to be made of what was found
            budget.note(f"patch {state.index} and those behind it", "cells", "there are too many calls to compare")
            break
        cells.update(dict.fromkeys((*export_cells(analysis, position), *gated_cells(analysis, position))))
        works = changed_work(analysis, position)
        for file in state.files:
            if file.path.endswith((".c", ".h")):
                cells.update(dict.fromkeys(with_work(works, cell)
                                           for cell in definition_cells(analysis, position, file)))
        for pair in pairs_of(analysis, position):
            if pair.strange or not pair.is_of_the_patch:
                continue
            found = budget.attempt(partial(_listed, analysis, position, pair), stage="cells",
                                            where=f"{pair.file.path}: {_spelled(pair)} in {pair.function}()")
            cells.update(dict.fromkeys(with_work(works, cell) for cell in found or ()))
    return tuple(sorted(_one_answer(cells), key=lambda c: (int(c.patch), c.file, c.function, c.call, c.arch, c.config)))


def _one_answer(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Yield the cells without those that another one of the same call and place goes against: of calls that are spelled
    alike, a reader cannot tell which of them stays as it is."""
    calls: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        symbol = cell.after.symbol or cell.before.symbol
        calls.setdefault((cell.patch, cell.file, cell.function, cell.call, cell.arch, cell.config, symbol), []
                         ).append(cell)
    for those in calls.values():
        for seen in ("changes", "not-seen", "same"):
            mine = [cell for cell in those if cell.seen == seen]
            if mine:
                yield from mine if seen == "changes" else mine[:1]
                break


def _listed(analysis: Analysis, position: int, pair: Pair) -> list[Cell]:
    tests = max(len(item.call.guards) for item in (pair.before, pair.after) if item is not None)
    analysis.budget.spend(len(analysis.arches) * (_STEPS + _STEPS_A_TEST * tests))
    return list(_cells(analysis, position, pair))


def _cells(analysis: Analysis, position: int, pair: Pair) -> Iterator[Cell]:
    state = analysis.patched.states[position]
    compared = compare(analysis, position, pair)
    absent = [_without(pair, place, item) for place, item in ((pair.old, pair.after), (pair.new, pair.before))]
    every = {old: where_of(analysis, position, item.place.path, item.call, before=old)
             for item, old in ((pair.after, False), (pair.before, True)) if item is not None}
    every = {old: _as_this_side(where, *((pair.before, pair.after) if old else (pair.after, pair.before)))
             for old, where in every.items()}
    written = frozenset(name for item in (pair.before, pair.after) if item is not None
                        for name in item.call.path_condition.variables())
    moved = gone_to_callers(analysis, position, pair, compared.tests)
    moves = len({where.path for where in every.values()}) > 1
    foreign = pair.file.applies in {"fragment", "failed"} and _is_foreign(analysis, pair.file.old_path)
    for arch in analysis.arches:
        not_yet = _not_yet(analysis, arch)
        there = {old: where for old, where in every.items() if can_be(analysis, where, arch) is not Ternary.NO
                 and where.nest.evaluate(not_yet) is not Ternary.NO}
        # What stands in a header and in a file that is not built there is no code of that architecture on either side.
        if not there or (len(there) < len(every) and all(where.path.endswith(".h") for where in there.values())):
            continue
        if not any(where.placed and is_called(analysis, where, arch) for where in there.values()):
            continue
        needs = needs_of(analysis, tuple(there.values()), arch)
        shut = {old for old, where in every.items() if old not in there and _is_shut(analysis, where, arch, not_yet)}
        items = [item if item is None or ((old in there or old in shut) and not _is_unseen(state, item, arch))
                 else replace(item, leaves=())
                 for item, old in ((pair.before, True), (pair.after, False))]
        leaves = [leaf for item in (pair.before, pair.after) if item for leaf in item.leaves]
        free = {name for module in modules_of(leaves) for name in (module, module.removesuffix("_MODULE"))}
        fixed = {**{name: value for name, value in _set_by(needs).items() if name not in free},
                 **certain_symbols(analysis, analysis.after(position), arch), **not_yet}

        def effects(values: Mapping[str, bool], arch: str = arch, fixed: Mapping[str, bool] = fixed,
                    items: Sequence[Item | None] = items, shut: Set[bool] = shut) -> Effects:
            known = {**values, **fixed}
            old, new = (_effect(analysis, arch, known, item, every.get(was), absent=none, reached=was not in shut)
                        for item, none, was in zip(items, absent, (True, False), strict=True))
            if moves:
                old, new = (where_built(analysis, every[was], arch, effect, values)
                            for effect, was in ((old, True), (new, False)))
            old = _as_whole(old, new) if pair.whole else old
            old, new = on_one_fate(old, new)
            old, new = on_one_ground(_as_alike(analysis, position, old, new, arch), new)
            return compared.worded(old, new, answered=[_answered(analysis, arch, known, item) for item in items])

        def possible(config: Cond, arch: str = arch, wheres: Sequence[Where] = tuple(there.values())) -> bool:
            return any(can_be(analysis, where, arch, config) is not Ternary.NO for where in wheres)

        def is_open(part: Cond, arch: str = arch) -> bool:
            # Each side has its own value of what the series changes, and the model may know another release's options.
            return analysis.reach.may_change(part) or not all(
                analysis.configs[position + 1].knows(name.removeprefix("CONFIG_").removesuffix("_MODULE"), arch)
                for name in part.variables())

        asked = {name for item in items if item for leaf in item.leaves
                 for name in options_asked(analysis, item.place.side, leaf.when, arch, leaf.file)}
        asked |= {name for item in items if item for leaf in item.leaves
                  for name in chosen_by(analysis, item.place.side, arch, leaf.primitive)}
        asked |= {name for item, old in zip(items, (True, False), strict=True) if item and old in every
                  for leaf in item.leaves for name in replaced_by(analysis, every[old].moment, leaf, arch)}
        asked |= built_apart(analysis, every, arch)
        symbols = symbols_of(leaves, fixed, asked)
        for config, (was, now) in rows(symbols, effects, possible):
            # What is declared on neither side compiles on neither: that is no kernel, or the tree is not the author's.
            if was.resolves_to == now.resolves_to and was.resolves_to in {"absent", "undeclared"} \
                    and _UNKNOWN not in was.does:
                continue
            # A file that the tree does not have is built nobody knows where: that nothing is done there is no news.
            if foreign and not was.is_work and not now.is_work:
                continue
            whole = needed(config, (was, now), possible=possible, is_open=is_open, needs=needs,
                           says=partial(worth_saying, analysis.configs[position + 1], arch, written=written))
            if whole is None:
                continue
            old, new = (as_linked(analysis, every.get(before), arch, effect, whole)
                        for effect, before in ((was, True), (now, False)))
            whole = by_hand(analysis.configs[position + 1], arch, whole)
            # Of what does nothing on either side nothing else can come, however it is called.
            seen = old.does != NOT_SEEN != new.does
            doubt = compared.doubt if old.is_work or new.is_work or not seen else ""
            if _UNKNOWN in old.does and _UNKNOWN in new.does:
                doubt = doubt or "its definition is not known"
            doubt = doubt or new.doubt or half_known(old, new)
            if pair.open and old.differs(new):
                old, new = _of_one_side(old, new)
            yield Cell(patch=str(state.index), file=pair.file.path, function=pair.function, call=_spelled(pair),
                       arch=arch, config=tuple(sorted(whole.items())), before=old, after=new, doubt=doubt,
                       open=bool(pair.open), was=pair.formerly, askers=moved.askers, freed=moved.freed, bare=moved.bare,
                       unclear=moved.unclear)


def _not_yet(analysis: Analysis, arch: str) -> dict[str, bool]:
    """Return the options that the series brings and does not select on the architecture, as not set: a tree younger
    than the series may select them."""
    options = {} if analysis.series.missing else analysis.own_options
    return {f"CONFIG_{name}": False for name, arches in options.items() if arch not in arches}


def _is_shut(analysis: Analysis, where: Where, arch: str, not_yet: Mapping[str, bool]) -> bool:
    """Return whether the architecture has the line, and the tests in front of it never let it run there."""
    return where.nest.evaluate(not_yet) is not Ternary.NO \
        and can_be(analysis, replace(where, tests=(), asked=()), arch) is not Ternary.NO


def _as_whole(old: Effect, new: Effect) -> Effect:
    """Return the effect before as one of the function that is called now, which does the work of what was called."""
    if not old.symbol or not new.symbol or new.resolves_to in {"absent", "stub", "undeclared"}:
        return old
    return replace(old, symbol=new.symbol, resolves_to=new.resolves_to,
                   does=old.does.replace(f"{old.symbol}()", f"{new.symbol}()"))


def _as_this_side(where: Where, item: Item | None, other: Item | None) -> Where:
    """Return where the call stands without the `#if` that the patch puts around it on the other side alone: what stands
    in for a file that the tree does not have may have that already."""
    if item is None or other is None:
        return where
    own, others = (set(one.parts if one.op == "and" else (one,))
                   for one in (item.call.path_condition, other.call.path_condition))
    parts = where.nest.parts if where.nest.op == "and" else (where.nest,)
    return replace(where, nest=And(*(part for part in parts if part in own or part not in others)))


def _of_one_side(old: Effect, new: Effect) -> tuple[Effect, Effect]:
    """Return two effects that differ and of which it is not clear that the one was the other: what is there now stays,
    and what it was is not seen."""
    unseen = replace(ABSENT, does=NOT_SEEN, known=False)
    return (old, unseen) if old.is_work and not new.is_work else (unseen, new)


def _is_foreign(analysis: Analysis, path: str) -> bool:
    """Return whether the tree itself, without what hunks show, has no such file."""
    start = analysis.patched.start
    return isinstance(start, OverlayTree) and start.base.kind != "none" and not start.base.exists(path)


def _as_alike(analysis: Analysis, position: int, old: Effect, new: Effect, arch: str) -> Effect:
    """Return the effect before as one that the words of the one after are no other than, where both do nothing under
    conditions that are one: each side is told in its own words."""
    if old.acts is None or new.acts is None or old.acts == new.acts or old.symbol != new.symbol \
            or not answer_alike(analysis, position, old.acts, new.acts, arch):
        return old
    words = [does_nothing_when(one.acts or TRUE) for one in (old, new)]
    anywhere = old.anywhere and replace(old.anywhere, reworded=((words[0], words[1]),))
    return replace(old, acts=new.acts, reworded=((words[0], words[1]),), anywhere=anywhere)


def _set_by(options: Mapping[str, str]) -> dict[str, bool]:
    """Return the variables of conditions that a configuration settles."""
    plain = {f"CONFIG_{name}": value == "y" for name, value in options.items()}
    return plain | {f"CONFIG_{name}_MODULE": value == "m" for name, value in options.items()}


def _is_unseen(state: PatchState, item: Item, arch: str) -> bool:
    """Return whether the architecture's own helper, on the way of a call elsewhere, is known by its hunks alone."""
    apart = {path for file in state.files if file.applies in {"fragment", "failed"} and state.before.kind != "none"
             for path in (file.path, file.old_path) if path != item.place.path and own_arch(path) == arch}
    return any(not apart.isdisjoint(leaf.files) for leaf in item.leaves)


def _is_cut(pair: Pair) -> bool:
    """Return whether the function is there on both sides although one shows no word of the family in it: only hunks of
    it are known, and its head is in none of them, or stays."""
    place = pair.new or pair.old
    changed = pair.file.added if pair.new else pair.file.removed
    return not pair.file.whole and place is not None and place.function.span.line not in changed


def _without(pair: Pair, place: Place | None, other: Item | None) -> Effect:
    """Return what a side without the call has instead: the helper that the other side reaches the family through may
    well be called there."""
    if pair.open:
        return replace(ABSENT, does=NOT_SEEN, known=False)
    if pair.beside:
        return replace(ABSENT, does=NOT_HERE)
    if place is None:
        return ABSENT if _is_cut(pair) else replace(ABSENT, does=NO_FUNCTION)
    helper = other.call.callee if other else ""
    if helper in place.function.calls_all and other and any(leaf.via for leaf in other.leaves):
        return replace(ABSENT, via=(helper,), does="nothing is called")
    return ABSENT


def _spelled(pair: Pair) -> str:
    item = pair.after or pair.before
    assert item is not None
    return f"{item.call.callee}({', '.join(item.call.arguments)})"


def _effect(analysis: Analysis, arch: str, values: Mapping[str, bool], item: Item | None, where: Where | None, *,
            absent: Effect, reached: bool) -> Effect:
    """Return what the call comes down to in this configuration: the first family function that is not ruled out.

    Without a call it is `absent`; one that is not `reached` on the architecture comes down to nothing.
    """
    if item is None or where is None:
        return absent
    side, own = item.place.side, own_arch(item.place.path)
    leaves = [replace(leaf, when=_when(analysis, side, arch, values, leaf)) for leaf in item.leaves]
    live = [leaf for leaf in leaves if leaf.when.evaluate(values) is not Ternary.NO and leaf.is_on(arch)
            and bodies(analysis, where.moment, leaf, arch).evaluate(values) is not Ternary.NO
            ] if own in {"", arch} else []
    running = [leaf for leaf in live
               if runs(analysis, where.moment, leaf, arch).evaluate(values) is not Ternary.NO
               and not never_runs(analysis, side, item.place.path, item.call, leaf, arch, values)] if reached else []
    if not running:
        return replace(ABSENT, via=(item.call.callee,), does=NOT_REACHED if live else "nothing is called")
    directives = directives_of(item)
    effects = [_decided(analysis, side, _leaf_effect(analysis, at_leaf(where, leaf), arch, values, item.call, leaf,
                                                     directives), leaf, item.call, arch, values)
               for leaf in running]
    return next((e for e in effects if e.resolves_to not in {"stub", "undeclared"}), effects[0])


def _when(analysis: Analysis, side: Side, arch: str, values: Mapping[str, bool], leaf: Leaf) -> Cond:
    """Return when the leaf is reached, with what the series' own functions ask and what the configuration answers."""
    return settled(analysis, side, expanded(analysis, side, leaf.when, arch, leaf.file), arch, leaf.file, values)


def _answered(analysis: Analysis, arch: str, values: Mapping[str, bool], item: Item | None) -> Callable[[Cond], Cond]:
    """Return what puts the configuration's answers into a condition of the call."""
    if item is None:
        return lambda condition: condition
    near = item.leaves[0].file if item.leaves else item.place.path

    def answer(condition: Cond) -> Cond:
        return settled(analysis, item.place.side, condition.assume(values), arch, near, values)

    return answer


def _leaf_effect(analysis: Analysis, where: Where, arch: str, values: Mapping[str, bool], call: Call,
                 leaf: Leaf, directives: frozenset[str]) -> Effect:
    side = where.side
    fact = fact_under(analysis, side, arch, leaf.primitive, values)
    if fact is None:
        place = definition_of(analysis, side, leaf.primitive, None)
        return Effect(resolves_to=str(place) if place else "undeclared", via=leaf.via,
                      does=f"{leaf.primitive}() {_UNKNOWN}", may_fail=False,
                      errnos=(), on_failure=_fate(analysis, side, leaf, _use(leaf, call)),  # type: ignore[arg-type]
                      known=False, symbol=leaf.primitive)
    fact = as_refused(analysis, side, where.path, call, leaf, as_guarded(analysis, where, arch, fact))
    given = And(condition_of(fact), _on_the_way(analysis, where, arch)).assume(values)
    if fact.status in {"stub", "undeclared"}:
        return Effect(given=given, resolves_to=fact.status, via=leaf.via, does=f"{leaf.primitive}() {describe(fact)}",
                      may_fail=bool(fact.may_fail), errnos=tuple(sorted(name for name, _ in fact.errnos)),
                      on_failure=(_fate(analysis, side, leaf, _use(leaf, call))  # type: ignore[arg-type]
                                  if fact.may_fail else "cannot-fail"), symbol=leaf.primitive,
                      acts=FALSE if fact.status == "stub" else None, known=fact.status == "stub")
    place = definition_of(analysis, side, leaf.primitive, fact)
    acts = TRUE if is_idle(fact) else when_it_acts(analysis, side, place, leaf.primitive, fact)
    called = in_running(leaf.when.assume(values), directives)
    instead = called_instead(analysis, side, place, leaf.primitive, fact)
    folded = settled(analysis, side, acts, arch, place.file, values).assume(values) if place else acts
    if folded == FALSE and acts != FALSE and fact.returns == "void" and not instead:
        return _idle(leaf, str(place), called, given, acts)
    # What stands in for the work, or what an error is returned for, is told by the whole condition.
    acts = folded if folded not in {TRUE, FALSE} else acts
    use = _use(leaf, call)
    lost_inside = fact.returns == "void" and bool(fact.drops)
    here_it = None if fact.may_fail is False or lost_inside else feasibility(
        analysis, side, leaf.file, leaf.named_call or call, arch, fact=fact)
    empty = here_it is not None and here_it.answer == "empty"
    perhaps = ("not known" if here_it is None else "where its range is empty" if empty else
               "for an address within a page" if here_it.trusted else "not known")
    if here_it is not None and (here_it.trusted or empty):
        fact = replace(fact, may_fail=None)  # that its address is the start of a page, or that it has any, is not shown
    never = fact.may_fail is False or (here_it is not None and here_it.answer == "cannot" and not here_it.trusted)
    may_fail = bool(fact.may_fail) and not never
    # What never fails leaves no half of its work, and a single page or an empty range has none.
    single = is_single_page(analysis.family.get(leaf.primitive), leaf.arguments or call.arguments) or (
        (count := count_of(analysis, side, where.path, call, leaf)) is not None
        and all(number == 1 for _, number in count.cases))
    broad = replace(fact, partial_on_failure=None) if single or empty or fact.may_fail is False else fact
    under = And(called, acts)
    if fact.splits == "yes":  # what may be split depends on what the kernel was started with
        asked = And(*(guard.condition for guard in call.guards), *leaf.guards)
        for path in dict.fromkeys((where.path, *leaf.files)):  # each form of it may be one that is known
            asked = written_out(side, path, asked)
            under = And(under, asked)
    met = _as_called(as_met(analysis, side, leaf.file, leaf.named_call or call, broad, under=under),
                     leaf.arguments or call.arguments)

    def effect(told: Fact, *, may_fail: bool, fate: str) -> Effect:
        only_here: Literal["", "argument", "state"] = "" if may_fail or not fact.may_fail else \
            "argument" if takes_mistakes(fact) else "state"
        return Effect(only_here=only_here, resolves_to=str(place) if place else fact.defined_in, via=leaf.via,
                      does=f"{leaf.primitive}() {describe(told, acts, prose=False, instead=instead, perhaps=perhaps)}",
                      may_fail=may_fail, errnos=proved_errnos(told, may_fail=may_fail, called=called),
                      read_from=told.read_from, doubt=what_is_hidden(told),
                      on_failure=fate,  # type: ignore[arg-type]  # the table above holds only values of the literal
                      known=fact.may_fail is not None, symbol=leaf.primitive, acts=_whole(fact, acts),
                      only=called, flushes=told.flushes, splits=told.splits, given=given)

    def fate_of(told: Fact) -> str:
        if lost_inside:
            return "dropped" if told.drops else "cannot-fail"
        return "cannot-fail" if told.may_fail is False else _fate(analysis, side, leaf, use)

    told = replace(met, partial_on_failure=None, may_fail=False) if never else met
    here = effect(told, may_fail=may_fail, fate=fate_of(told))
    broad = _as_called(as_met(analysis, side, leaf.file, None, broad, under=under), leaf.arguments or call.arguments)
    if only_by_mistake(fact) and fact.may_fail is not None:
        broad = replace(broad, partial_on_failure=None, may_fail=False)
    anywhere = effect(broad, may_fail=bool(broad.may_fail), fate=fate_of(broad))
    return replace(here, anywhere=None if anywhere == here else anywhere)


def _as_called(fact: Fact, arguments: Sequence[str]) -> Fact:
    """Return what the function does with these arguments: some flush only where they take something away."""
    last = {"false": "0", "true": "1"}.get(arguments[-1], arguments[-1]) if arguments else ""
    return replace(fact, flushes=None) if fact.flushes_with and last.isdigit() and last != fact.flushes_with else fact


def _on_the_way(analysis: Analysis, where: Where, arch: str) -> Cond:
    """Return which options build the helpers' files, as far as the call's own file does not need them."""
    config = analysis.configs[where.moment]
    own = _parts(analysis.reach.built(config, arch, where.path)) if len(where.files) > 1 else set()
    return And(*(part for path in where.files if path != where.path
                 for part in sorted(_parts(analysis.reach.built(config, arch, path)) - own, key=str)))


def _parts(condition: Cond) -> set[Cond]:
    return set(condition.parts) if condition.op == "and" else {condition}


def _idle(leaf: Leaf, place: str, called: Cond, given: Cond, acts: Cond) -> Effect:
    """Return the effect of a definition that gives nothing back and does nothing under the row's configuration."""
    return Effect(resolves_to=place, via=leaf.via, may_fail=False, errnos=(), on_failure="cannot-fail",
                  does=f"{leaf.primitive}() always returns at once, as {acts} is false there", symbol=leaf.primitive,
                  acts=FALSE, only=called, flushes=False, splits="no", given=given)


def _use(leaf: Leaf, call: Call) -> str:
    """Return what becomes of the result: helpers that hand it on leave that to the call itself."""
    return call.use if leaf.hands_on else leaf.use


def _whole(fact: Fact, acts: Cond) -> Cond | None:
    """Return when the function works, read from its code; None where only the model says that it does nothing."""
    if acts == TRUE and fact.noop_when:
        return FALSE if fact.noop_when[0].startswith("always") else None
    return acts


def _decided(analysis: Analysis, side: Side, effect: Effect, leaf: Leaf, call: Call, arch: str,
             values: Mapping[str, bool]) -> Effect:
    """Return the effect with the helper that decides what becomes of a failure: the innermost one where it keeps what
    failed from callers that drop its result."""
    drops = effect.on_failure in {"handled", "dropped"} and _FATE[_use(leaf, call)] == "dropped" and bool(leaf.via)
    told = {Ternary.YES: "freed", Ternary.NO: "kept"}.get(
        frees_failed(analysis, side, leaf, arch, values), "") if drops else ""
    return replace(effect, fate_in=leaf.via[-1] if drops and effect.on_failure == "handled" else leaf.decided,
                   after_failure=told)  # type: ignore[arg-type]  # the table above holds only values of the literal


def _fate(analysis: Analysis, side: Side, leaf: Leaf, use: str) -> str:
    """Return what becomes of an error: what a void helper handles its caller never learns of."""
    fate = _FATE[use]
    helper = side.wrapper(leaf.via[-1], leaf.file) if leaf.via else None
    if use == "handled" and helper is not None and helper.lossy:
        fate = "warned" if leaf.call is not None and warns_after(analysis.reading, side, helper, leaf.call) \
            else "dropped"
    # Who warns and keeps the memory from being freed deals with the failure.
    kept = fate in {"dropped", "warned"} and bool(leaf.via) and keeps_what_failed(analysis, side, leaf)
    return "handled" if kept else fate

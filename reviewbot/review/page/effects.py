"""Events out of cells: what a call does, or no longer does, and what becomes of its failure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from reviewbot.checks.arches import own_arch
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import FALSE, TRUE, And, Cond, Not
from reviewbot.review.page.cases import other_cases
from reviewbot.review.page.counts import other_counts
from reviewbot.review.page.events import Event
from reviewbot.review.page.fresh import brought_functions, fresh_calls
from reviewbot.review.page.gone import gone_calls
from reviewbot.review.page.made_of import with_protections
from reviewbot.review.page.overrides import ended_overrides
from reviewbot.review.page.own import own_behaviour
from reviewbot.review.page.reader import Reader, event_of, is_defined, object_of_cell, promise_of, setting_where
from reviewbot.review.page.refusing import always_fails
from reviewbot.review.page.uses import next_use

__all__ = ["can_fail_now", "events_of_cells", "works"]

_SEEN = {"returned": 2, "handled": 2, "warned": 1, "dropped": 0}
_NOW = {"dropped": "drops", "warned": "only warns about", "returned": "hands on", "handled": "deals with"}
_EARLIER = {"dropped": "dropped", "warned": "warned about", "returned": "handed on", "handled": "dealt with"}


_NO_ERROR = frozenset({"", "0", "true", "NULL"})


def events_of_cells(reader: Reader, named: Sequence[tuple[str, Cell]]) -> tuple[Event, ...]:
    """Return what the changed cells say, one event for each function and condition, architectures joined."""
    found: list[Event] = []
    for (name, cell) in named:
        if not cell.changed or not cell.patch.isdigit() or int(cell.patch) not in reader.positions:
            continue
        if cell.call == cell.function and own_arch(cell.file):
            found += _definition(reader, name, cell)
        elif "absent" not in {cell.before.resolves_to, cell.after.resolves_to}:
            found += [*_moved(reader, name, cell), *_fate(reader, name, cell)]
    found = _where_it_fails(found, frozenset(name for name, cell in named if cell.after.may_fail))
    told = {name for event in found if event.kind in {"lost", "gained", "definition"} for name in event.because}
    cases = [(name, cell) for name, cell in named if name not in told]
    found += [*fresh_calls(reader, named), *brought_functions(reader, named), *other_cases(reader, cases),
              *gone_calls(reader, named), *ended_overrides(reader, named), *other_counts(reader, named)]
    known = frozenset(name for event in found for name in event.because)
    return with_protections(reader, (*found, *own_behaviour(reader, named, known)))


def _where_it_fails(events: list[Event], failing: frozenset[str]) -> list[Event]:
    """Return the events without what becomes of a failure where none was shown to come, if one was elsewhere."""
    def is_sure(event: Event) -> bool:
        return event.kind != "fate" or not failing.isdisjoint(event.because)

    sure = {(event.patch, event.file, event.functions, event.symbols) for event in events
            if event.kind == "fate" and is_sure(event)}
    return [event for event in events if is_sure(event)
            or (event.patch, event.file, event.functions, event.symbols) not in sure]


def works(cell: Cell) -> tuple[Cond | None, Cond | None]:
    """Return when the callee works before and after, for those who come to the call: what is asked in front of it on
    both sides alike, and has no word for a user, is no part of it."""
    before, after = ([] if effect.acts is None else [effect.acts, *_asked(cell, effect)]
                     for effect in (cell.before, cell.after))
    return And(*before) if before else None, And(*after) if after else None


def _asked(cell: Cell, effect: Effect) -> list[Cond]:
    """Return the tests in front of the call but for those of values at run time that the other side has as well."""
    mine, other = (_parts(one.only) for one in (effect, cell.after if effect is cell.before else cell.before))
    return [part for part in mine if part not in other
            or all(name.startswith("CONFIG_") for name in part.variables())]


def _parts(only: Cond | None) -> tuple[Cond, ...]:
    return () if only is None else only.parts if only.op == "and" else (only,)


def _moved(reader: Reader, name: str, cell: Cell) -> Iterator[Event]:
    """Yield what a call no longer does, or does now, in some configuration: the conditions themselves are compared."""
    before, after = works(cell)
    promise = promise_of(reader, cell)
    patch = int(cell.patch)
    if before is None or after is None or promise is None:
        return
    old, new = reader.sides(patch)
    file = reader.file(patch, cell.file)
    if reader.guards(old, file.old_path if file else cell.file, cell.function) != \
            reader.guards(new, cell.file, cell.function):
        return  # what is asked around the call changed too, and nobody here knows what that comes to
    thing = object_of_cell(reader, cell)
    lost = setting_where(reader, cell, And(before, Not(after)))
    if lost is not None and not _given_back(reader, cell, And(before, Not(after))):
        use = _use(reader, cell, "success")
        gist = f"{cell.function}() no longer {promise.does.format(object=thing)}" + (f" before {use}" if use else "")
        own, other = cell.after.symbol, cell.before.symbol
        silent = "returns 0 there and does nothing" if reader.analysis.returns(own) == "int" else "does nothing there"
        if own == other and cell.after.only != cell.before.only:
            silent = "is not called there"
        reason = f"{own}() {silent}" + (f", {other}() did the work" if own != other else "")
        yield event_of(reader, name, cell, "lost", lost, gist, reason, "worse", "undone", promise.rank)
    gained = setting_where(reader, cell, And(after, Not(before)))
    if gained is not None:
        gist = f"{cell.function}() now {promise.does.format(object=thing)}"
        yield event_of(reader, name, cell, "gained", gained, gist, "it did not before", "different", "changed",
                     promise.rank)


def _given_back(reader: Reader, cell: Cell, lost: Cond) -> bool:
    """Return whether the callee works there again after the last patch, or nothing can be said of it."""
    end = reader.acts_at_end(cell.arch, cell.after.symbol)
    if end is None or cell.after.acts is None:
        return cell.after.resolves_to != "stub"
    return And(lost, Not(And(end, *_asked(cell, cell.after)))) == FALSE


def _use(reader: Reader, cell: Cell, outcome: Literal["failure", "success"]) -> str:
    """Return what the caller does with the object next: `do_copy_page() uses it`."""
    call = reader.call_of(cell)
    if call is None:
        return ""
    _, after = reader.sides(int(cell.patch))
    return next_use(reader.analysis, after, cell.file, call, reader.rules.frees, outcome)


def _fate(reader: Reader, name: str, cell: Cell) -> Iterator[Event]:
    """Yield that a failure comes to something else than before."""
    old, new = _SEEN.get(cell.before.on_failure), _SEEN.get(cell.after.on_failure)
    promise = promise_of(reader, cell)
    fresh = old is None and can_fail_now(cell)
    if (old is None and not fresh) or new is None or old == new or promise is None:
        return
    setting = setting_where(reader, cell, TRUE)
    if setting is None:
        return
    panics = new == 2 and _stops(reader, cell)
    verdict, consequence = ("different", "error-lost") if old is None else ("worse", "error-lost") if new < old else \
        ("better", "mended") if new == 2 and not panics else ("different", "mended")
    was = _EARLIER.get(cell.before.on_failure, "")
    earlier = f"where {cell.before.symbol}() could not fail" if fresh else f"which it {was} before" \
        if cell.before.symbol in {cell.after.symbol, ""} else f"where one of {cell.before.symbol}() was {was}"
    does = "panics on" if panics else _NOW[cell.after.on_failure]
    gist = f"{cell.function}() now {does} a failure of {cell.after.symbol}(), {earlier}"
    use = _use(reader, cell, "failure") if new < 2 else ""
    thing = object_of_cell(reader, cell)
    goes_on = f"after the failure {use.removesuffix('it')}{thing}" if use.endswith(" it") else ""
    gives_up = new == 2 and (cell.after.on_failure == "returned" or _gives_up(reader, cell))
    refused = always_fails(reader, cell) if new == 2 and old is not None else ""
    if refused:  # what comes of it is no rare failure
        verdict, consequence = ("worse", "undone") if gives_up or panics else ("different", "changed")
        ends = "gives up" if gives_up else "goes another way"
        goes_on = f"{refused}, so that what worked with the failure ignored {ends} now"
    elif (old, new) == (0, 2) and promise.tolerated and _gives_up(reader, cell):
        goes_on = promise.tolerated
    yield replace(event_of(reader, name, cell, "fate", setting, gist, goes_on, verdict, consequence, promise.rank),
                  stops=panics)


def can_fail_now(cell: Cell) -> bool:
    """Return whether a call that could not fail gave way to one of another function that can, with errors that are
    known, and nobody looks after that."""
    before, after = cell.before, cell.after
    return before.on_failure == "cannot-fail" and before.known and before.symbol not in {"", after.symbol} \
        and before.resolves_to not in {"stub", "undeclared"} and after.may_fail and bool(after.errnos) \
        and _SEEN.get(after.on_failure, 2) < 2


def _stops(reader: Reader, cell: Cell) -> bool:
    """Return whether every path behind a failure ends in panic() or its like."""
    call = reader.call_of(cell)
    _, after = reader.sides(int(cell.patch))
    found = reader.analysis.reading.follow(after.tree, cell.file, call) if call else None
    routes = found[0].each_path_after(found[1], "failure") if found else iter(())
    first = next(routes, None)
    return first is not None and first.ends == "stop" and all(route.ends == "stop" for route in routes)


def _gives_up(reader: Reader, cell: Cell) -> bool:
    """Return whether every path that only a failure takes leaves the function with an error."""
    call = reader.call_of(cell)
    _, after = reader.sides(int(cell.patch))
    found = reader.analysis.reading.follow(after.tree, cell.file, call) if call else None
    done = found[0].paths_after(found[1], "success") if found else ()
    routes = [route for route in found[0].paths_after(found[1], "failure") if route not in done] if found else []
    if not routes and call is not None:  # the declaration is in no hunk that could be placed: its own test tells
        routes = [route for route in done if any(
            step.branch == "true" and call.statement.startswith(f"{step.asked} = ") for step in route.statements[1:2])]
    goes_on = {route.returns for route in done if "(" in route.returns}  # the same work is done all the same
    return bool(routes) and all(route.ends == "return" and route.returns not in _NO_ERROR | goes_on
                                for route in routes)


def _definition(reader: Reader, name: str, cell: Cell) -> Iterator[Event]:
    """Yield that an architecture's function works in other configurations than before."""
    before, after = works(cell)
    if "absent" in {cell.before.resolves_to, cell.after.resolves_to} or before is None or after is None \
            or reader.analysis.returns(cell.function) == "bool":
        return
    promise = reader.rules.promise(cell.function)
    lost = setting_where(reader, cell, And(before, Not(after)))
    before_it, _ = reader.sides(int(cell.patch))
    if not is_defined(before_it, cell.arch, cell.function) and any(
            is_defined(after, cell.arch, cell.function) for _, after in reader.analysis.views):
        return  # the series brings the architecture's own: what was there before is no measure of it
    if lost is not None and not _given_back(reader, cell, And(before, Not(after))):
        follows = promise.definition if promise and promise.definition_with in lost[0] else ""
        yield event_of(reader, name, cell, "definition", lost, f"{cell.function}() no longer does anything",
                     follows, "worse", "undone", promise.rank if promise else 99)
    gained = setting_where(reader, cell, And(after, Not(before)))
    if gained is not None:
        yield event_of(reader, name, cell, "definition", gained, f"{cell.function}() works there now",
                     "it did nothing there before", "better", "changed", promise.rank if promise else 99)


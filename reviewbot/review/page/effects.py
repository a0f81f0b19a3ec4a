"""Events out of cells: what a call does, or no longer does, and what becomes of its failure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from reviewbot.cfacts.query import object_of
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.definitions import definition_of, fact_under, when_it_acts
from reviewbot.errors import UsageError
from reviewbot.findings.types import Cell, Effect
from reviewbot.logic import FALSE, TRUE, And, Cond, Not, Var
from reviewbot.review.page.events import Event
from reviewbot.review.page.rulebook import PageRules, Promise
from reviewbot.review.page.switches import say_condition, under
from reviewbot.review.page.uses import next_use
from reviewbot.review.phrases import NO_FUNCTION
from reviewbot.source.types import PatchedFile
from reviewbot.text import quote_names

__all__ = ["Reader", "events_of_cells"]

_LONGEST_OBJECT = 32
_LONGEST_CONDITION = 60
_SOMETHING = "memory"
_GLOBAL = re.compile(r"[A-Za-z_]\w*(?:\(\))?")
_SEEN = {"returned": 2, "handled": 2, "warned": 1, "dropped": 0}
_FATES = {"dropped": "is dropped", "warned": "is only warned about", "returned": "is handed on",
          "handled": "is dealt with"}
_NOW = {"dropped": "drops", "warned": "only warns about", "returned": "hands on", "handled": "deals with"}
_EARLIER = {"dropped": "dropped", "warned": "warned about", "returned": "handed on", "handled": "dealt with"}


_NO_ERROR = frozenset({"", "0", "true", "NULL"})


class Reader:
    """What the page asks of the series: where a call stands, what is done next, whether a later patch undoes it."""

    def __init__(self, analysis: Analysis, rules: PageRules, patches: frozenset[int] | None = None) -> None:
        """Know the moment of each patch; `patches` are those that the review is narrowed to."""
        self.analysis, self.rules, self.patches = analysis, rules, patches
        self.positions: Mapping[int, int] = {state.index: position for position, state in analysis.states()}

    def sides(self, patch: int) -> tuple[Side, Side]:
        """Return the moments before and after the patch with this number."""
        position = self.positions[patch]
        return self.analysis.before(position), self.analysis.after(position)

    def sides_or_end(self, patch: int) -> tuple[Side, ...]:
        """Return the moments around the patch, or the end of the series for a number that is no patch."""
        return self.sides(patch) if patch in self.positions else (self.analysis.end,)

    def file(self, patch: int, path: str) -> PatchedFile | None:
        """Return the file as the patch leaves it."""
        state = self.analysis.patched.states[self.positions[patch]]
        return next((file for file in state.files if file.path == path), None)

    def call_of(self, cell: Cell) -> Call | None:
        """Return the call after the patch that the cell speaks of."""
        _, after = self.sides(int(cell.patch))
        facts = after.facts.get(cell.file)
        return next((call for call in (facts.calls if facts else ()) if call.function == cell.function
                     and f"{call.callee}({', '.join(call.arguments)})" == cell.call), None)

    def arguments_of(self, cell: Cell) -> tuple[str, ...]:
        """Return the arguments of the cell's call as they are written."""
        call = self.call_of(cell)
        if call is not None:
            return call.arguments
        inner = cell.call.partition("(")[2].removesuffix(")")
        level, parts = 0, [""]
        for char in inner:
            level += (char in "([") - (char in ")]")
            if char == "," and level == 0:
                parts.append("")
            else:
                parts[-1] += char
        return tuple(part.strip() for part in parts if part.strip())

    def line_of(self, cell: Cell) -> int:
        """Return the line of the call, or of the first changed line of the function, or 0."""
        call = self.call_of(cell)
        if call is not None:
            return call.span.line
        _, after = self.sides(int(cell.patch))
        facts, file = after.facts.get(cell.file), self.file(int(cell.patch), cell.file)
        function = next((f for f in (facts.functions if facts else ()) if f.name == cell.function), None)
        if function is None:
            return 0
        first, last = function.span.line, function.span.end_line
        return min((line for line in (file.added if file else ()) if first <= line <= last), default=first)

    def certainty(self, patch: int, path: str) -> str:
        """Return how sure a statement about the patch's file is: only its hunks may be known."""
        file = self.file(patch, path)
        if self.analysis.patched.base.kind == "none" or file is None or file.applies in {"fragment", "failed"}:
            return "hunks"
        return "derived"

    def reach(self, options: frozenset[str], parameters: frozenset[str]) -> str:
        """Return for whom something is that needs these options and words of the command line."""
        return "developer" if parameters or options & self.rules.developer else "distribution"

    def buildable(self, condition: Cond, arch: str) -> bool:
        """Return whether the options of the condition can be set on the architecture, each by itself."""
        return all(not self.analysis.reach.never(Var(name), arch) for name in sorted(_wanted(condition)))

    def acts_at_end(self, arch: str, symbol: str) -> Cond | None:
        """Return when the function does any work after the last patch, None where that is not known."""
        fact = fact_under(self.analysis, self.analysis.end, arch, symbol, {})
        place = definition_of(self.analysis, self.analysis.end, symbol, fact)
        if fact is None or place is None or not place.line:
            return None
        return when_it_acts(self.analysis, self.analysis.end, place, symbol, fact)

    def guards(self, side: Side, path: str, function: str) -> frozenset[str]:
        """Return the tests around the function's calls of the family that are not about global values."""
        facts = side.facts.get(path)
        return frozenset(str(guard.condition) for call in (facts.calls if facts else ()) if call.function == function
                         for guard in call.guards
                         if not all(name.startswith("CONFIG_") or _GLOBAL.fullmatch(name)
                                    for name in guard.condition.variables()))


def _wanted(condition: Cond) -> Iterator[str]:
    """Yield the options that a conjunction wants to be set."""
    for part in condition.parts if condition.op == "and" else (condition,):
        if part.op == "var" and part.name.startswith("CONFIG_"):
            yield part.name


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
    found += [*_fresh(reader, named), *_brought(reader, named)]
    return tuple(found)


def _works(effect: Effect) -> Cond | None:
    if effect.acts is None:
        return None
    return And(effect.acts, effect.only if effect.only is not None else TRUE)


def _object(reader: Reader, cell: Cell) -> str:
    """Return what the call is about as a person names it: `s_page`, or `memory` where that is a long expression or
    something else than what the helper in between hands on."""
    given = reader.arguments_of(cell)
    number = _handed_on(reader, cell)
    text = object_of(given[number]) if number is not None and number < len(given) else ""
    named = re.match(r"[&*]?[A-Za-z_]", text) and len(text) <= _LONGEST_OBJECT and "\n" not in text
    return text if named else _SOMETHING


def _handed_on(reader: Reader, cell: Cell) -> int | None:
    """Return which argument of the cell's call reaches the family's function as its address, None if none does."""
    effect = cell.after if cell.after.resolves_to != "absent" else cell.before
    before, after = reader.sides(int(cell.patch))
    side = after if effect is cell.after else before
    function = reader.analysis.family.get(effect.symbol)
    number = function.address_argument if function else 0
    names, near = [*effect.via, effect.symbol], cell.file
    for helper, callee in reversed(list(pairwise(names))):
        wrapper = side.wrapper(helper, near)
        call = next((call for call in wrapper.calls if call.callee == callee), None) if wrapper else None
        if wrapper is None or call is None or number is None or number >= len(call.arguments):
            return None
        parameters = [re.split(r"[\s*]+", parameter.strip())[-1] for parameter in wrapper.function.parameters]
        given = object_of(call.arguments[number])
        number = parameters.index(given) if given in parameters else None
    return number


def _promise(reader: Reader, cell: Cell) -> Promise | None:
    arguments = reader.arguments_of(cell)
    found = [promise for symbol in (cell.after.symbol, cell.before.symbol)
             if symbol and (promise := reader.rules.promise(symbol, arguments))]
    return next((promise for promise in found if not promise.by_argument), found[0] if found else None)


def _difference(reader: Reader, cell: Cell, condition: Cond) -> tuple[str, str] | None:
    """Return the condition in a user's words and for whom it is; None when nobody can have it or it has no words."""
    whole = And(condition, under(cell.config))
    if FALSE in (condition, whole) or not reader.buildable(whole, cell.arch):
        return None
    setting = say_condition(whole, reader.analysis.model.runtimes(cell.arch, reader.analysis.version))
    if setting is not None:
        return setting.text, reader.reach(setting.options, setting.parameters)
    text = str(whole).replace("CONFIG_", "")
    known = {runtime.name for runtime in reader.analysis.model.runtimes(cell.arch, reader.analysis.version)}
    if len(text) > _LONGEST_CONDITION or not all(name.startswith("CONFIG_") or name.endswith("()") or name in known
                                                 for name in whole.variables()):
        return None  # a local variable of the caller, or too long a story for a line
    return f"where {text}", "distribution"


def _moved(reader: Reader, name: str, cell: Cell) -> Iterator[Event]:
    """Yield what a call no longer does, or does now, in some configuration: the conditions themselves are compared."""
    before, after = _works(cell.before), _works(cell.after)
    promise = _promise(reader, cell)
    patch = int(cell.patch)
    if before is None or after is None or promise is None:
        return
    old, new = reader.sides(patch)
    file = reader.file(patch, cell.file)
    if reader.guards(old, file.old_path if file else cell.file, cell.function) != \
            reader.guards(new, cell.file, cell.function):
        return  # what is asked around the call changed too, and nobody here knows what that comes to
    thing = _object(reader, cell)
    lost = _difference(reader, cell, And(before, Not(after)))
    if lost is not None and not _given_back(reader, cell, And(before, Not(after))):
        use = _use(reader, cell, "success")
        gist = f"{cell.function}() no longer {promise.does.format(object=thing)}" + (f" before {use}" if use else "")
        own, other = cell.after.symbol, cell.before.symbol
        silent = "returns 0 there and does nothing" if reader.analysis.returns(own) == "int" else "does nothing there"
        if own == other and cell.after.only != cell.before.only:
            silent = "is not called there"
        reason = f"{own}() {silent}" + (f", {other}() did the work" if own != other else "")
        yield _event(reader, name, cell, "lost", lost, gist, reason, "worse", "undone", promise.rank)
    gained = _difference(reader, cell, And(after, Not(before)))
    if gained is not None:
        gist = f"{cell.function}() now {promise.does.format(object=thing)}"
        yield _event(reader, name, cell, "gained", gained, gist, "it did not before", "different", "changed",
                     promise.rank)


def _given_back(reader: Reader, cell: Cell, lost: Cond) -> bool:
    """Return whether the callee works there again after the last patch, or nothing can be said of it."""
    end = reader.acts_at_end(cell.arch, cell.after.symbol)
    if end is None or cell.after.acts is None:
        return cell.after.resolves_to != "stub"
    return And(lost, Not(And(end, cell.after.only if cell.after.only is not None else TRUE))) == FALSE


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
    promise = _promise(reader, cell)
    if old is None or new is None or old == new or promise is None:
        return
    setting = _difference(reader, cell, TRUE)
    if setting is None:
        return
    panics = new == 2 and _stops(reader, cell)
    verdict, consequence = ("worse", "error-lost") if new < old else \
        ("better", "mended") if new == 2 and not panics else ("different", "mended")
    was = _EARLIER[cell.before.on_failure]
    earlier = f"which it {was} before" if cell.before.symbol in {cell.after.symbol, ""} else \
        f"where one of {cell.before.symbol}() was {_EARLIER[cell.before.on_failure]}"
    does = "panics on" if panics else _NOW[cell.after.on_failure]
    gist = f"{cell.function}() now {does} a failure of {cell.after.symbol}(), {earlier}"
    use = _use(reader, cell, "failure") if new < 2 else ""
    thing = _object(reader, cell)
    goes_on = f"the code goes on, and {use.removesuffix('it')}{thing}" if use.endswith(" it") else ""
    if (old, new) == (0, 2) and promise.tolerated and _gives_up(reader, cell):
        goes_on = promise.tolerated
    yield replace(_event(reader, name, cell, "fate", setting, gist, goes_on, verdict, consequence, promise.rank),
                  stops=panics)


def _stops(reader: Reader, cell: Cell) -> bool:
    """Return whether every path behind a failure ends in panic() or its like."""
    call = reader.call_of(cell)
    _, after = reader.sides(int(cell.patch))
    found = reader.analysis.reading.follow(after.tree, cell.file, call) if call else None
    routes = found[0].paths_after(found[1], "failure") if found else ()
    return bool(routes) and all(route.ends == "stop" for route in routes)


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
    return bool(routes) and all(route.ends == "return" and route.returns not in _NO_ERROR for route in routes)


def _definition(reader: Reader, name: str, cell: Cell) -> Iterator[Event]:
    """Yield that an architecture's function works in other configurations than before."""
    before, after = _works(cell.before), _works(cell.after)
    if "absent" in {cell.before.resolves_to, cell.after.resolves_to} or before is None or after is None \
            or reader.analysis.returns(cell.function) == "bool":
        return
    promise = reader.rules.promise(cell.function)
    lost = _difference(reader, cell, And(before, Not(after)))
    before_it, _ = reader.sides(int(cell.patch))
    if not _defined(before_it, cell.arch, cell.function) and any(
            _defined(after, cell.arch, cell.function) for _, after in reader.analysis.views):
        return  # the series brings the architecture's own: what was there before is no measure of it
    if lost is not None and not _given_back(reader, cell, And(before, Not(after))):
        follows = promise.definition if promise and promise.definition_with in lost[0] else ""
        yield _event(reader, name, cell, "definition", lost, f"{cell.function}() no longer does anything",
                     follows, "worse", "undone", promise.rank if promise else 99)
    gained = _difference(reader, cell, And(after, Not(before)))
    if gained is not None:
        yield _event(reader, name, cell, "definition", gained, f"{cell.function}() works there now",
                     "it did nothing there before", "better", "changed", promise.rank if promise else 99)


def _fresh(reader: Reader, named: Sequence[tuple[str, Cell]]) -> Iterator[Event]:
    """Yield the calls that are new in a function, and what becomes of their failure.

    Where that function called the same function of the family before, the new call took the old one's place.
    """
    had: dict[tuple[str, str, str], set[str]] = {}
    for _, cell in named:
        if cell.before.resolves_to != "absent" and cell.before.symbol:
            had.setdefault((cell.patch, cell.file, cell.function), set()).add(cell.before.symbol)
    for name, cell in named:
        if cell.before.resolves_to != "absent" or not cell.changed or not cell.after.symbol \
                or not cell.patch.isdigit() or int(cell.patch) not in reader.positions \
                or cell.after.resolves_to in {"stub", "undeclared"} or cell.call == cell.function:
            continue
        promise, setting = _promise(reader, cell), _difference(reader, cell, TRUE)
        if promise is None or setting is None or _is_moved(reader, cell) or cell.after.symbol in had.get(
                (cell.patch, cell.file, cell.function), set()):
            continue
        thing = _object(reader, cell)
        can_fail = cell.after.on_failure in _FATES and cell.after.may_fail
        reason = f"a failure {_FATES[cell.after.on_failure]}" if can_fail else ""
        does = promise.does.format(object=thing)
        fresh = cell.before.does == NO_FUNCTION
        gist = f"the new {cell.function}() {does}" if fresh else f"{cell.function}() now {does}"
        yield _event(reader, name, cell, "new", setting, gist, reason, "different", "new", promise.rank)


def _event(reader: Reader, name: str, cell: Cell, kind: str, setting: tuple[str, str], gist: str, reason: str,
           verdict: str, consequence: str, rank: int) -> Event:
    patch = int(cell.patch)
    text, reach = setting
    symbols = frozenset({cell.before.symbol, cell.after.symbol} - {""})
    return Event(
        kind=kind, key=(kind, cell.patch, cell.file, cell.function, text, gist),  # type: ignore[arg-type]
        verdict=verdict, arch=(cell.arch,), config=text, gist=gist, reason=reason,  # type: ignore[arg-type]
        patch=patch, file=cell.file, line=reader.line_of(cell), functions=(cell.function,), symbols=symbols,
        consequence=consequence, reach=reach, certainty=reader.certainty(patch, cell.file), because=(name,), rank=rank,
        objects=frozenset({_object(reader, cell)}), through=frozenset((*cell.before.via, *cell.after.via)))


def _is_moved(reader: Reader, cell: Cell) -> bool:
    """Return whether the call may have been there before, in another function that the patch touches, or through the
    helper's address: moved code is not new."""
    before, after = reader.sides(int(cell.patch))
    callee = cell.call.partition("(")[0]
    paths = {path for file in reader.analysis.patched.states[reader.positions[int(cell.patch)]].files
             for path in (file.path, file.old_path)}
    counts = [sum(call.callee == callee for path, facts in side.facts.items() if path in paths for call in facts.calls)
              for side in (before, after)]
    return counts[0] >= counts[1] or any(mention.name in cell.after.via and mention.kind in {"escape", "macro"}
               for facts in before.facts.values() for mention in facts.mentions)


def _brought(reader: Reader, named: Sequence[tuple[str, Cell]]) -> Iterator[Event]:
    """Yield the functions of the family that an architecture gets its own definition of, and what they were before."""
    analysis = reader.analysis
    for position, state in analysis.states():
        if reader.patches is not None and state.index not in reader.patches:
            continue
        before, after = analysis.before(position), analysis.after(position)
        fresh: dict[str, dict[str, tuple[str, int]]] = {}
        for file in state.files:
            arch, facts = own_arch(file.path), after.facts.get(file.path)
            if arch not in analysis.arches or facts is None:
                continue
            for function in facts.functions:
                if function.name in analysis.primitives and function.span.line in file.added \
                        and not _defined(before, arch, function.name):
                    fresh.setdefault(arch, {})[function.name] = (file.path, function.span.line)
        for arch, names in sorted(fresh.items()):
            was = {_was(analysis, arch, name) for name in names}
            path, line = min(names.values())
            said = quote_names([f"{name}()" for name in sorted(names)], most=4)
            gist = f"{said} {'is' if len(names) == 1 else 'are'} new there"
            yield Event(
                kind="brought", key=("brought", str(state.index), said), verdict="different", arch=(arch,), config="",
                gist=gist, reason=was.pop() if len(was) == 1 else "", patch=state.index, file=path, line=line,
                functions=tuple(sorted(names)), symbols=frozenset(names), consequence="new",
                reach="distribution", certainty=reader.certainty(state.index, path),
                because=tuple(name for name, cell in named if cell.arch == arch and cell.call in names
                              and cell.patch == str(state.index)))


def _defined(side: Side, arch: str, name: str) -> bool:
    return any(own_arch(path) == arch and any(function.name == name for function in facts.functions)
               for path, facts in side.facts.items())


def _was(analysis: Analysis, arch: str, name: str) -> str:
    """Return what a call of the function came to before the series had it, empty where that takes more words."""
    try:
        facts = analysis.model.fact(arch, name, analysis.version)
    except UsageError:
        return ""
    statuses = {fact.status for fact in facts}
    if statuses == {"stub"}:
        return "before, a call did nothing there" + (" and returned 0" if facts[0].returns == "int" else "")
    return ""

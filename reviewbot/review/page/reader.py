"""What the page asks of the series, and a cell as an event: what it is about, where, for whom."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from reviewbot.cfacts.objects import object_of
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.arguments import is_single_page
from reviewbot.checks.definitions import definition_of, fact_under, when_it_acts
from reviewbot.checks.origins import bases_of
from reviewbot.findings.types import Cell
from reviewbot.logic import FALSE, And, Cond, Not, Var
from reviewbot.patterns import regex
from reviewbot.review.export_cells import export_line, is_export
from reviewbot.review.page.events import Event
from reviewbot.review.page.rulebook import PageRules, Promise
from reviewbot.review.page.switches import say_condition, under
from reviewbot.review.page.things import place_of, thing_of
from reviewbot.source.types import PatchedFile

__all__ = ["SOMETHING", "Reader", "event_of", "handed_on", "is_defined", "memory_of_cell", "named_object",
           "object_of_cell", "promise_of", "setting_where"]

SOMETHING = "memory"
"""What a call is about where it has no short name."""

_MEMBER = regex(r"&[A-Za-z_]\w*(?:(?:->|\.)\w+)+")
_LONGEST_OBJECT = 32
_LONGEST_CONDITION = 60
_GLOBAL = regex(r"[A-Za-z_]\w*(?:\(\))?")


class Reader:
    """What the page asks of the series: where a call stands, what is done next, whether a later patch undoes it."""

    def __init__(self, analysis: Analysis, rules: PageRules, patches: frozenset[int] | None = None) -> None:
        """Know the moment of each patch; `patches` are those that the review is narrowed to."""
        self.analysis, self.rules, self.patches = analysis, rules, patches
        self.positions: Mapping[int, int] = {state.index: position for position, state in analysis.states()}
        self._counts: dict[int, tuple[Counter[str], Counter[str]]] = {}
        self._calls: dict[tuple[int, str], dict[tuple[str, str], Call]] = {}

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
        place = int(cell.patch), cell.file
        if place not in self._calls:
            facts = self.sides(place[0])[1].facts.get(cell.file)
            self._calls[place] = {(call.function, f"{call.callee}({', '.join(call.arguments)})"): call
                                  for call in reversed(facts.calls if facts else ())}
        return self._calls[place].get((cell.function, cell.call))

    def counts(self, patch: int) -> tuple[Counter[str], Counter[str]]:
        """Return how often the files that the patch touches call each function, before and after it."""
        if patch not in self._counts:
            paths = {path for file in self.analysis.patched.states[self.positions[patch]].files
                     for path in (file.path, file.old_path)}
            before, after = (Counter(call.callee for path, facts in side.facts.items() if path in paths
                                     for call in facts.calls) for side in self.sides(patch))
            self._counts[patch] = before, after
        return self._counts[patch]

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
        if is_export(cell):
            return export_line(file, cell.function)
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
        if fact is not None and fact.status == "stub":
            return FALSE
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


def object_of_cell(reader: Reader, cell: Cell) -> str:
    """Return what the call is about as a person names it: `s_page`, or `memory` where that is a long expression or
    something else than what the helper in between hands on."""
    number, exact = _handed_on(reader, cell)
    return (_thing(reader, cell, number) if exact else "") or SOMETHING


def memory_of_cell(reader: Reader, cell: Cell) -> str:
    """Return the same, and `memory of demo` where what the helper in between hands on is counted from that."""
    number, exact = _handed_on(reader, cell)
    thing = _thing(reader, cell, number)
    return SOMETHING if not thing else thing if exact else f"{SOMETHING} of {thing}"


def _thing(reader: Reader, cell: Cell, number: int | None) -> str:
    given = reader.arguments_of(cell)
    text = named_object(place_of(given[number])) if number is not None and number < len(given) else ""
    text = text[1:] if _MEMBER.fullmatch(text) else text
    position = reader.positions[int(cell.patch)]
    side = reader.analysis.before(position) if cell.after.resolves_to == "absent" else reader.analysis.after(position)
    single = is_single_page(reader.analysis.family.get(cell.after.symbol), None if cell.after.via else given)
    return thing_of(side, cell.file, cell.function, text, page=single) if text else ""


def named_object(text: str) -> str:
    """Return what a person can call the object, empty for an expression that is no name."""
    return text if re.match(r"[&*]?[A-Za-z_]", text) and len(text) <= _LONGEST_OBJECT and "\n" not in text else ""


def handed_on(reader: Reader, cell: Cell) -> int | None:
    """Return which argument of the cell's call reaches the family's function as its address, None if none does."""
    number, exact = _handed_on(reader, cell)
    return number if exact else None


def _handed_on(reader: Reader, cell: Cell) -> tuple[int | None, bool]:
    """Return which argument of the cell's call the address comes from, and whether it is that itself."""
    effect = cell.after if cell.after.resolves_to != "absent" else cell.before
    before, after = reader.sides(int(cell.patch))
    side = after if effect is cell.after else before
    function = reader.analysis.family.get(effect.symbol)
    number = function.address_argument if function else 0
    names, near, exact = [*effect.via, effect.symbol], cell.file, True
    for helper, callee in reversed(list(pairwise(names))):
        wrapper = side.wrapper(helper, near)
        parameters = [_parameter(text) for text in wrapper.function.parameters] if wrapper else []
        calls = [call for call in wrapper.calls if call.callee in {callee, *parameters}] if wrapper else []
        call = next((call for call in calls if call.callee == callee), next(iter(calls), None))
        if wrapper is None or call is None or number is None or number >= len(call.arguments):
            return None, False
        given = object_of(call.arguments[number])
        if given in parameters:
            number = parameters.index(given)
            continue
        roots = {re.split(r"->|\.|\[", base.lstrip("&* "))[0] for base in bases_of(given)} & {*parameters}
        number, exact = (parameters.index(min(roots)), False) if len(roots) == 1 else (None, False)
    return number, exact


def _parameter(text: str) -> str:
    """Return the name of a parameter: `work` of `int (*work)(unsigned long start)`."""
    pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", text)
    return pointer[1] if pointer else re.split(r"[\s*]+", text.strip())[-1]


def promise_of(reader: Reader, cell: Cell) -> Promise | None:
    arguments = reader.arguments_of(cell)
    found = [promise for symbol in (cell.after.symbol, cell.before.symbol)
             if symbol and (promise := reader.rules.promise(symbol, arguments))]
    return next((promise for promise in found if not promise.by_argument), found[0] if found else None)


_WIDE = frozenset({"ARCH_RV64I", "PPC64", "SPARC64", "X86_64"})


def _telling(reader: Reader, cell: Cell) -> tuple[tuple[str, str], ...]:
    """Return the cell's configuration without the options that every kernel with its file has: those tell nobody for
    whom it is. An architecture's own file may be of its 64-bit kernels alone: that is told."""
    reach, path = reader.analysis.reach, cell.file
    return tuple((name, value) for name, value in cell.config if value == "n" or not path.endswith(".c")
                 or (name in _WIDE and own_arch(path))
                 or not reach.never(And(Not(Var(f"CONFIG_{name}")), Not(Var(f"CONFIG_{name}_MODULE"))), cell.arch,
                                    (path,)))


def setting_where(reader: Reader, cell: Cell, condition: Cond) -> tuple[str, str] | None:
    """Return the condition in a user's words and for whom it is; None when nobody can have it or it has no words."""
    whole = And(condition, under(_telling(reader, cell)))
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


def event_of(reader: Reader, name: str, cell: Cell, kind: str, setting: tuple[str, str], gist: str, reason: str,
           verdict: str, consequence: str, rank: int) -> Event:
    patch = int(cell.patch)
    text, reach = setting
    symbols = frozenset({cell.before.symbol, cell.after.symbol} - {""})
    return Event(
        kind=kind, key=(kind, cell.patch, cell.file, cell.function, text, gist),  # type: ignore[arg-type]
        verdict=verdict, arch=(cell.arch,), config=text, gist=gist, reason=reason,  # type: ignore[arg-type]
        patch=patch, file=cell.file, line=reader.line_of(cell), functions=(cell.function,), symbols=symbols,
        consequence=consequence, reach=reach, certainty=reader.certainty(patch, cell.file), because=(name,), rank=rank,
        objects=frozenset({object_of_cell(reader, cell)}), through=frozenset((*cell.before.via, *cell.after.via)))


def is_defined(side: Side, arch: str, name: str) -> bool:
    return any(own_arch(path) == arch and any(function.name == name for function in facts.functions)
               for path, facts in side.facts.items())

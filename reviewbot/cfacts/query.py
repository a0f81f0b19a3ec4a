"""Questions about one function's paths: what runs after a call failed or succeeded, what always runs before it.

Built on demand for one function; everything that comes back is plain text and numbers. Paths are bounded: an answer
that ran into a bound is UNKNOWN, or says so in `complete`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from reviewbot.budget import LIMITS
from reviewbot.cfacts.analysis import Variant, analyse
from reviewbot.cfacts.conditions import Conditions, parse_c_condition, read_conditions
from reviewbot.cfacts.dataflow import dominators, guards_of, reaching
from reviewbot.cfacts.facts import Source, describe_function, find_pieces
from reviewbot.cfacts.graph import ENTRY, EXIT, STOP, Op
from reviewbot.cfacts.known import Flags, Known, Result, learned, possible
from reviewbot.cfacts.lexer import lines_in, squash_c
from reviewbot.cfacts.outcome import Place
from reviewbot.cfacts.reach import Start, always_before, can_reach, find_way
from reviewbot.cfacts.split import Piece
from reviewbot.cfacts.types import Function, Guard
from reviewbot.cfacts.vocabulary import LOCKS
from reviewbot.cfacts.way import Mark, Run, Way, is_another
from reviewbot.errors import BudgetError
from reviewbot.logic import Not, Or, Ternary
from reviewbot.text import is_bracketed

__all__ = ["CallSite", "FunctionFlow", "Passing", "Route", "Statement", "function_view", "is_conversion",
           "object_of"]

_MOST_PATHS = 64
_MOST_STATES = 4000
_STATEMENTS_A_STEP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSite:
    """One call in a function: its callee, the texts of its arguments, and where the callee's name stands."""

    callee: str
    arguments: tuple[str, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, or the test of one, on a path: its first line, its text, and its calls in order.

    `kind`: `return`; `cleanup` for what runs by itself at the end of a variable's life; `rest` for lines that a
    fragment does not show; else `plain`. For a test `asked` is what is tested, without a `!` before it, and `branch`
    is `true` or `false`: which of them it is on this path.
    """

    line: int
    text: str
    calls: tuple[CallSite, ...]
    kind: Literal["plain", "return", "cleanup", "rest"] = "plain"
    asked: str = ""
    branch: str = ""

    @property
    def told(self) -> str:
        """Return the statement, of a test with the way that it goes: `if (ret): true`, `if (!ret): ret is false`."""
        if not self.branch:
            return self.text
        whole = f"({self.asked})" in self.text or not self.asked
        return f"{self.text}: {self.branch}" if whole else f"{self.text}: {self.asked} is {self.branch}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path behind a call, to the function's end. `ends`: `return`, `stop` (panic, BUG), `rest` (not in sight),
    `loop` (it comes back to a block it has passed). `returns` is the text of what it returns, empty for nothing."""

    statements: tuple[Statement, ...]
    ends: Literal["return", "stop", "rest", "loop"]
    returns: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Whether every path passes a call; for NO and UNKNOWN, `missing` is a path that does not (or may not)."""

    answer: Ternary
    missing: tuple[Statement, ...] = ()


_CONVERSIONS = frozenset({
    "page_address", "virt_to_page", "page_to_virt", "virt_to_phys", "phys_to_virt", "__pa", "__va", "page_to_phys",
    "phys_to_page", "page_to_pfn", "pfn_to_page", "virt_to_pfn", "pfn_to_kaddr", "lm_alias", "virt_to_folio",
    "page_folio", "folio_page", "folio_address", "folio_to_virt", "kasan_reset_tag", "vmalloc_to_page", "untagged_addr",
})


def is_conversion(name: str) -> bool:
    """Return whether a function only gives the same memory another kind of address."""
    return name in _CONVERSIONS


_OPPOSITE = {Ternary.YES: Ternary.NO, Ternary.NO: Ternary.YES, Ternary.UNKNOWN: Ternary.UNKNOWN}
_CONSTANTS = frozenset({"NULL", "0", "false", "true"})


@lru_cache(maxsize=4096)
def object_of(argument: str) -> str:
    """Return the object that an argument names: casts, brackets and address conversions are taken off.

    `(unsigned long)page_address(page)` and `page` name the same object.
    """
    text = argument.strip()
    while True:
        before = text
        text = re.sub(r"^\((?:const |unsigned |signed |struct |union |volatile )*\w+(?: (?:long|int|char))*[ *]*\)\s*"
                      r"(?=[\w(&*])", "", text)
        if is_bracketed(text):
            text = text[1:-1].strip()
        folio = re.fullmatch(r"&\s*([\w.>\[\]-]+)->page", text)
        if folio and "folio" in folio[1]:
            text = folio[1]  # a folio's first page is the folio
        called = re.match(r"(\w+)\s*(?=\()", text)
        if called and called.group(1) in _CONVERSIONS and is_bracketed(text, called.end()):
            text = text[called.end() + 1:-1].split(",")[0].strip()
        if text == before:
            return text


class _Routes:
    """Paths that are found when they are asked for, and then kept; to look at one costs steps each time."""

    def __init__(self, coming: Iterator[Route], spend: Callable[[int], None]) -> None:
        """Begin with none found."""
        self._found: list[Route] = []
        self._coming = coming
        self._spend = spend

    def __iter__(self) -> Iterator[Route]:
        """Yield the found ones, then find the others."""
        at = 0
        while True:
            if at == len(self._found):
                route = next(self._coming, None)
                if route is None:
                    return
                self._found.append(route)
            self._spend(1 + len(self._found[at].statements) // _STATEMENTS_A_STEP)
            yield self._found[at]
            at += 1


class FunctionFlow:
    """The paths of one function, all `#if` arms included (each in the first variant of the function that has it)."""

    def __init__(self, data: bytes, piece: Piece, conditions: Conditions,
                 spend: Callable[[int], None] = lambda _steps: None) -> None:
        """Analyse the function. Raises BudgetError when it is too large; so does `spend` when no steps are left."""
        self._data, self._lines, self._spend = data, conditions.lines, spend
        self.first_line = self._lines.line(piece.start)
        self.last_line = self._lines.line(max(piece.start, piece.end - 1))
        self.function: Function = describe_function(data, piece, conditions)
        self.name = piece.header.name
        self._variants = analyse(data, piece, conditions).variants
        self._asked: list[tuple[Variant, Flags]] = []
        self._runs: dict[tuple[int, int], Run[Statement]] = {}
        self._places: dict[int, dict[tuple[int, int], Place]] = {}
        self._texts: tuple[str, ...] | None = None
        self._routes: dict[tuple[int, int, Result], _Routes] = {}
        self._said: dict[tuple[int, int, int, str], Statement] = {}
        self._entered: dict[int, dict[int, Known]] = {}
        self._calls: tuple[CallSite, ...] | None = None
        self._called: dict[tuple[str, ...], tuple[CallSite, ...]] = {}
        self._begun: dict[tuple[int, Place], Ternary] = {}
        self._locks: dict[int, dict[Place, frozenset[str]]] = {}
        self._aliases = self._find_aliases()
        self._sites: dict[tuple[int, int], tuple[Variant, Place]] = {}
        for variant in self._variants:
            for offset, place in variant.calls.items():
                self._sites.setdefault((self._lines.line(offset), self._lines.column(offset)), (variant, place))
        # A path is asked for each call, and is as long as the function.
        operations = max((sum(len(block.ops) for block in one.graph.blocks) for one in self._variants), default=0)
        if operations * len(self._sites) > LIMITS.function:
            raise BudgetError(f"a function with {len(self._sites)} calls in {operations} operations", where=self.name)

    def calls(self, *names: str) -> tuple[CallSite, ...]:
        """Return the function's calls in source order, all or those of `names`."""
        if self._calls is None:
            self._calls = tuple(self._site(variant.graph.blocks[place[0]].ops[place[1]])
                                for _, (variant, place) in sorted(self._sites.items()))
        if not names:
            return self._calls
        if names not in self._called:
            wanted = frozenset(names)
            self._called[names] = tuple(site for site in self._calls if site.callee in wanted)
        return self._called[names]

    def texts(self) -> tuple[str, ...]:
        """Return the texts of all statements of the function, each once, in source order."""
        if self._texts is None:
            places = sorted({(op.start, op.end) for variant in self._variants for block in variant.graph.blocks
                             for op in block.ops if op.kind not in {"clean", "cut"}})
            self._texts = tuple(squash_c(self._data[start:end]) for start, end in places)
        return self._texts

    def call_at(self, line: int, callee: str) -> CallSite | None:
        """Return the call of `callee` whose name stands on `line`, None when there is none."""
        return next((site for site in self.calls(callee) if site.line == line), None)

    def before(self, site: CallSite) -> tuple[Statement, ...]:
        """Return the statements that every path to the call has run, in source order; its own is left out."""
        variant, place = self._find(site)
        bits = dominators(variant.graph)[place[0]]
        found: list[Statement] = []
        for block in range(len(variant.graph.blocks)):
            if bits >> block & 1:
                ops = variant.graph.blocks[block].ops
                found += self._statements(ops[:place[1]] if block == place[0] else ops)
        own = variant.graph.blocks[place[0]].ops[place[1]]
        line = self._lines.line(own.start)
        return tuple(sorted((s for s in found if s.line != line), key=lambda statement: statement.line))

    def guards(self, site: CallSite) -> tuple[Guard, ...]:
        """Return the tests that decide whether the call is reached."""
        variant, place = self._find(site)
        return self._guards(variant, place[0])

    def guards_at(self, line: int) -> tuple[Guard, ...]:
        """Return the tests that decide whether anything on the 1-based line runs, () for a line without code.

        A test that stands in some `#if` arms only decides nothing where these are left out.
        """
        each: list[tuple[Variant, tuple[Guard, ...]]] = []
        for variant in self._variants:
            blocks = [index for index, block in enumerate(variant.graph.blocks)
                      if any(self._is_on(op, line) for op in block.ops)]
            found = [self._guards(variant, block) for block in blocks]
            if found:
                each.append((variant, tuple(guard for guard in found[0] if all(guard in other for other in found))))
        told = [guard if all(guard in others for _, others in each)
                else Guard(line=guard.line, condition=Or(Not(variant.condition), guard.condition))
                for variant, guards in each for guard in guards]
        return tuple(dict.fromkeys(told))

    def _is_on(self, op: Op, line: int) -> bool:
        if op.kind in {"clean", "cut"}:
            return False
        start, end = (op.expr.start, op.expr.end) if op.expr is not None else (op.start, op.end)
        return self._lines.line(start) <= line <= self._lines.line(max(start, end - 1))

    def _guards(self, variant: Variant, block: int) -> tuple[Guard, ...]:
        found = []
        for decision, holds in guards_of(variant.graph, block):
            condition = parse_c_condition(self._data[decision.expr.start:decision.expr.end])
            found.append(Guard(line=self._lines.line(decision.expr.start),
                               condition=condition if holds else Not(condition)))
        return tuple(found)

    def comes_back(self, site: CallSite) -> bool:
        """Return whether some path leads from the call to itself."""
        variant, place = self._find(site)
        return bool(reaching(variant.graph)[place[0]] >> place[0] & 1)

    def locks_at(self, site: CallSite) -> tuple[str, ...]:
        """Return the locks that some path to the call has taken and not given back, as `spin_lock(&lock)`, sorted.

        Told by names in this function alone: what a caller or a callee holds is not seen.
        """
        variant, place = self._find(site)
        if id(variant) not in self._locks:  # the variant lives as long as this value
            self._locks[id(variant)] = self._held_in(variant)
        return tuple(sorted(self._locks[id(variant)].get(place, ())))

    def _held_in(self, variant: Variant) -> dict[Place, frozenset[str]]:
        """Return the locks at each call of the variant that some path to it holds; those without any are left out."""
        graph = variant.graph
        found: dict[Place, frozenset[str]] = {}
        entering: dict[int, frozenset[str]] = {0: frozenset()}
        waiting = [0]
        while waiting:
            block = waiting.pop()
            held = entering[block]
            for number, op in enumerate(graph.blocks[block].ops):
                if op.kind == "call" and held:
                    found[block, number] = found.get((block, number), frozenset()) | held
                held = self._locked(op, held)
            for following in graph.blocks[block].follows:
                joined = entering.get(following, frozenset()) | held
                if following not in entering or joined != entering[following]:
                    entering[following] = joined
                    waiting.append(following)
        return found

    def _locked(self, op: Op, held: frozenset[str]) -> frozenset[str]:
        if op.kind == "clean":
            return frozenset(text for text in held if not text.startswith(("guard(", "scoped_guard(")))
        if op.kind != "call":
            return held
        arguments = self._arguments(op)
        first = arguments[0] if arguments else ""
        if op.name == "scoped_guard" or op.name.startswith("guard"):
            return held | {squash_c(self._data[op.start:op.end]).rstrip(";{ ")}
        for take, give in LOCKS:
            if op.name == take:
                return held | {f"{take}({first})"}
            if op.name == give:
                held -= {f"{other}({first})" for other, end in LOCKS if end == give}
        return held

    def object_in(self, argument: str) -> str:
        """Return the object that an argument names in this function: as object_of(), and through names that are
        only ever assigned from another name of the same object (`mem = page_address(page);`)."""
        found = object_of(argument)
        for _ in range(4):
            if found not in self._aliases:
                break
            found = self._aliases[found]
        return found

    def _find_aliases(self) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for variant in self._variants:
            for op in (op for block in variant.graph.blocks for op in block.ops if op.kind in {"assign", "store"}):
                text = squash_c(self._data[op.start:op.end]).rstrip(";")
                target, equals, value = text.partition(" = ")
                if equals and " = " not in value and not op.zero and value not in _CONSTANTS:
                    found.setdefault(target.split("*")[-1].split(" ")[-1], set()).add(object_of(value))
        return {name: values.pop() for name, values in found.items()
                if len(values) == 1 and re.fullmatch(r"[\w.>\[\]-]+", next(iter(values))) and name not in values}

    # Paths

    def has_succeeded(self, site: CallSite, *, past: CallSite) -> Ternary:
        """Return whether every path from the function's start to the call has a success of the call `past` behind it:
        NO where one runs around `past`, or through its failure."""
        around = self.is_behind(site, past=past)
        return _OPPOSITE[self.runs_after(site, past, "failure")] if around is Ternary.YES else around

    def is_behind(self, site: CallSite, *, past: CallSite) -> Ternary:
        """Return whether every path from the function's start to the call runs through the call `past`."""
        variant, place = self._find(site)
        earlier = self._place_in(variant, past)
        if earlier is None or earlier == place:
            return Ternary.UNKNOWN
        if always_before(variant.graph, earlier, place):
            return Ternary.YES
        if can_reach(variant.graph, earlier, place):
            way = find_way(variant.flow, Start(place=(ENTRY, 0)), place, avoiding=earlier, flags=self._flags(variant),
                           spend=self._spend)
            return _OPPOSITE[way.answer]
        key = (id(variant), place)  # the variant lives as long as this value
        if key not in self._begun:
            self._begun[key] = find_way(variant.flow, Start(place=(ENTRY, 0)), place, avoiding=None,
                                        flags=self._flags(variant), spend=self._spend).answer
        return _OPPOSITE[self._begun[key]]

    def runs_after(self, site: CallSite, past: CallSite, outcome: Result) -> Ternary:
        """Return whether the call can run after `past` has ended so, before `past` runs again."""
        variant, place = self._find(site)
        earlier = self._place_in(variant, past)
        if earlier is None or earlier == place:
            return Ternary.UNKNOWN
        start = Start(place=(earlier[0], earlier[1] + 1), outcome=outcome, known=self._known_at(variant, earlier),
                      held=frozenset({variant.graph.blocks[earlier[0]].ops[earlier[1]].value}))
        return find_way(variant.flow, start, place, avoiding=earlier, flags=self._flags(variant),
                        spend=self._spend).answer

    def way_around(self, site: CallSite, *, past: CallSite) -> Passing:
        """Return whether every path to the call runs through the call `past`; for NO `missing` is one around it."""
        variant, place = self._find(site)
        earlier = self._place_in(variant, past)
        if earlier is None or earlier == place:
            return Passing(answer=Ternary.UNKNOWN)
        way = find_way(variant.flow, Start(place=(ENTRY, 0)), place, avoiding=earlier, flags=self._flags(variant),
                       spend=self._spend)
        if way.answer is Ternary.UNKNOWN:
            return Passing(answer=Ternary.UNKNOWN)
        return Passing(answer=Ternary.NO if way.answer is Ternary.YES else Ternary.YES,
                       missing=tuple(self._labelled(list(way.steps))))

    def _place_in(self, variant: Variant, site: CallSite) -> Place | None:
        """Return where a call stands in a variant; None where that leaves its arm out."""
        places = self._places.get(id(variant))
        if places is None:  # the variant lives as long as this value
            places = self._places[id(variant)] = {
                (self._lines.line(offset), self._lines.column(offset)): place
                for offset, place in reversed(variant.calls.items())}
        return places.get((site.line, site.column))

    def paths_after(self, site: CallSite, outcome: Result = "any") -> tuple[Route, ...]:
        """Return paths from the call to the function's end, at most 64, each passing no block twice.

        With `failure` or `success` tests of the call's result go the way that this outcome takes; a result that
        is never tested leaves both outcomes the same paths.
        """
        return tuple(self.each_path_after(site, outcome))

    def each_path_after(self, site: CallSite, outcome: Result = "any") -> Iterator[Route]:
        """Return what `paths_after` gives, one after the other: the others cost nothing where the first are enough."""
        key = (site.line, site.column, outcome)
        if key not in self._routes:
            variant, place = self._find(site)
            self._routes[key] = _Routes(self._walk(variant, place, outcome), self._spend)
        return iter(self._routes[key])

    def _walk(self, variant: Variant, place: Place, outcome: Result) -> Iterator[Route]:
        graph, flow = variant.graph, variant.flow
        start, flags = frozenset({graph.blocks[place[0]].ops[place[1]].value}), self._flags(variant)
        taken = Way(self._statement)
        # What waits goes on from a mark of the way that was gone last, and its first `depth` blocks.
        waiting: list[tuple[int, int, frozenset[str], Known, tuple[Op, str] | None, Mark, int]] = [
            (place[0], place[1] + 1, start, self._known_at(variant, place), None, taken.mark(), 0)]
        trail: list[int] = []
        seen: set[int] = set()
        count = 0
        while waiting and count < _MOST_PATHS:
            block, first, names, known, step, mark, depth = waiting.pop()
            taken.cut(mark)
            seen.difference_update(trail[depth:])
            del trail[depth:]
            if step is not None:
                taken.append(step)
            if first == 0:
                trail.append(block)
                seen.add(block)
            ops = graph.blocks[block].ops
            names, known = flags.pass_through(flow, block, (first, len(ops)), names, known, outcome)
            branches = flags.branches(block, names, known, outcome)
            taken.extend(self._run(variant, block), first)
            test = ops[-1] if ops and ops[-1].kind == "test" else None
            if block in {EXIT, STOP} or not graph.blocks[block].follows:
                count += 1
                yield self._path(taken, "stop" if block == STOP else "return")
                continue
            for following, label, then in reversed(branches):
                last = (test, label) if test is not None else None
                if following in seen:
                    count += 1
                    mark = taken.mark()
                    if last is not None:
                        taken.append(last)
                    yield self._path(taken, "loop")
                    taken.cut(mark)
                else:
                    waiting.append((following, 0, names, then, last, taken.mark(), len(trail)))

    def _run(self, variant: Variant, block: int) -> Run[Statement]:
        """Return the steps of a whole block, worded once."""
        key = (id(variant), block)  # the variant lives as long as this value
        if key not in self._runs:
            self._runs[key] = Run(variant.graph.blocks[block].ops, self._statement)
        return self._runs[key]

    def _flags(self, variant: Variant) -> Flags:
        """Return the flags that the variant's tests ask."""
        for known, flags in self._asked:
            if known is variant:
                return flags
        self._asked.append((variant, Flags(variant.graph)))
        return self._asked[-1][1]

    def _known_at(self, variant: Variant, place: Place) -> Known:
        """Return what every way to the call has tested and nothing has assigned since."""
        flags = self._flags(variant)
        known = self._entering(variant).get(place[0]) if flags.names else None
        if known is None:
            return frozenset()
        return flags.pass_through(variant.flow, place[0], (0, place[1]), frozenset(), known, "any")[1]

    def _entering(self, variant: Variant) -> dict[int, Known]:
        """Return what every way to each block has tested and nothing has assigned since; found once for a variant."""
        if id(variant) in self._entered:  # the variant lives as long as this value
            return self._entered[id(variant)]
        graph, flags = variant.graph, self._flags(variant)
        everything = frozenset((flag, truth) for flag in flags.names for truth in (True, False))
        entering: dict[int, Known] = {0: frozenset()}
        waiting = deque([0])
        while waiting:
            block = waiting.popleft()
            known = entering[block]
            end = len(graph.blocks[block].ops)
            _, known = flags.pass_through(variant.flow, block, (0, end), frozenset(), known, "any")
            for following, _, then in flags.branches(block, frozenset(), known, "any"):
                joined = entering.get(following, everything) & then
                if following not in entering or joined != entering[following]:
                    entering[following] = joined
                    waiting.append(following)
        self._entered[id(variant)] = entering
        return entering

    def _path(self, way: Way[Statement], ends: Literal["return", "stop", "rest", "loop"]) -> Route:
        statements = way.statements()
        last = None if ends != "return" else next(
            (op for op, _ in reversed(way.steps) if op.kind in {"return", "cut"}), None)
        returns = ""
        if last is not None:
            ends = "rest" if last.kind == "cut" else "return"
            if last.expr is not None and last.kind == "return":
                returns = squash_c(self._data[last.expr.start:last.expr.end])
        return Route(statements=statements, ends=ends, returns=returns)

    def later_with(self, site: CallSite, outcome: Result = "failure", *, argument: int = 0) -> tuple[CallSite, ...]:
        """Return the calls behind this one, on paths of this outcome, that receive the same object as its argument
        number `argument`, in source order."""
        if argument >= len(site.arguments):
            return ()
        wanted = self.object_in(site.arguments[argument])
        found = {(call.line, call.column): call
                 for path in self.paths_after(site, outcome) for statement in path.statements
                 for call in statement.calls if any(self.object_in(text) == wanted for text in call.arguments)}
        return tuple(found[place] for place in sorted(found))

    def always_passes(self, site: CallSite, names: frozenset[str], outcome: Result = "success", *,
                      argument: int | None = 0, undo: frozenset[str] = frozenset()) -> Passing:
        """Return whether every path from the call to an exit passes a call of one of `names` on the same object.

        `argument` is the number of this call's argument that names the object, None when any call of the names will
        do. A call of `undo` on the first argument's object counts as well. Clean-ups that run by themselves count; a
        path on which the machine stops is no path, and with `undo` one that comes back to the call is another one's.
        """
        variant, place = self._find(site)
        graph, flow = variant.graph, variant.flow
        named = argument is not None and argument < len(site.arguments)
        wanted = self.object_in(site.arguments[argument]) if argument is not None and named else None
        start, flags = frozenset({graph.blocks[place[0]].ops[place[1]].value}), self._flags(variant)
        waiting: list[tuple[int, int, frozenset[str], Known, tuple[tuple[Op, str], ...]]] = [
            (place[0], place[1] + 1, start, self._known_at(variant, place), ())]
        seen: set[tuple[int, frozenset[str], Known]] = set()
        unknown: tuple[Statement, ...] | None = None
        while waiting:
            if len(seen) > _MOST_STATES:
                return Passing(answer=Ternary.UNKNOWN)
            block, first, held, known, path = waiting.pop(0)
            follows = list(zip(graph.blocks[block].follows, graph.blocks[block].labels, strict=True))
            branches = [(target, label, known) for target, label in follows]
            steps = list(path)
            passed = block == STOP
            for op in graph.blocks[block].ops[first:]:
                before = held
                held, _, _ = flow.step(op, held)
                passed = passed or self._is_one_of(op, names, wanted) or self.takes_back(op, site, undo)
                passed = passed or (bool(undo) and op is graph.blocks[place[0]].ops[place[1]])
                if op.kind == "cut":
                    unknown, passed = tuple(self._labelled(steps)), True
                if passed:
                    break
                known = learned(known, op, flags=flags.names, held=before, outcome=outcome)
                branches = possible(known, op, follows, held=before, outcome=outcome, flags=flags.names)
                steps.append((op, ""))
            if passed:
                continue
            if block == EXIT:
                return Passing(answer=Ternary.NO, missing=tuple(self._labelled(steps)))
            for following, _label, then in branches:
                if (following, held, then) not in seen:
                    seen.add((following, held, then))
                    waiting.append((following, 0, held, then, tuple(steps)))
        return Passing(answer=Ternary.YES) if unknown is None else Passing(answer=Ternary.UNKNOWN, missing=unknown)

    def takes_back(self, call: Op | CallSite, site: CallSite, undo: frozenset[str]) -> bool:
        """Return whether a call is one of `undo` on the first argument's object of `site`.

        A function that undoes itself (`set_memory_valid(addr, n, enable)`) does so with another last argument.
        """
        if isinstance(call, Op):
            if call.kind != "call" or call.name not in undo:
                return False
            call = self._site(call)
        if call.callee not in undo or not call.arguments or not site.arguments:
            return False
        if call.callee == site.callee and call.arguments[-1] == site.arguments[-1]:
            return False
        return self.object_in(call.arguments[0]) == self.object_in(site.arguments[0])

    def _is_one_of(self, op: Op, names: frozenset[str], wanted: str | None) -> bool:
        if op.kind == "clean":
            called = re.match(r"(\w+)\((.*)\)", op.name)
            return called is not None and called.group(1) in names and wanted in {None, self.object_in(called.group(2))}
        if op.kind != "call" or op.name not in names:
            return False
        return wanted is None or any(self.object_in(text) == wanted for text in self._arguments(op))

    # Texts

    def _find(self, site: CallSite) -> tuple[Variant, Place]:
        return self._sites[site.line, site.column]

    def _arguments(self, op: Op) -> tuple[str, ...]:
        if op.expr is None:
            return ()
        parts = op.expr.parts[1:] if op.expr.kind == "call" else op.expr.parts
        return tuple(squash_c(self._data[part.start:part.end]) for part in parts)

    def _site(self, op: Op) -> CallSite:
        offset = op.expr.parts[0].start if op.expr is not None and op.expr.parts else op.start
        return CallSite(callee=op.name, arguments=self._arguments(op), line=self._lines.line(offset),
                        column=self._lines.column(offset))

    def _statements(self, ops: list[Op]) -> list[Statement]:
        return list(self._labelled([(op, "") for op in ops]))

    def _labelled(self, steps: list[tuple[Op, str]]) -> Iterator[Statement]:
        """Yield one statement for each run of operations of the same statement."""
        group: list[tuple[Op, str]] = []
        for step in steps:
            if group and is_another(group[-1], step):
                yield self._statement(group)
                group = []
            group.append(step)
        if group:
            yield self._statement(group)

    def _statement(self, group: list[tuple[Op, str]]) -> Statement:
        key = (id(group[0][0]), id(group[-1][0]), len(group), group[-1][1])  # the operations live as long as this value
        if key not in self._said:
            self._said[key] = self._worded(group)
        return self._said[key]

    def _worded(self, group: list[tuple[Op, str]]) -> Statement:
        first = group[0][0]
        kinds = {op.kind for op, _ in group}
        line = self._lines.line(min(first.start, max(0, self._lines.size - 1)))
        if first.kind == "clean":
            return Statement(line=line, text=first.name, calls=(), kind="cleanup")
        calls = tuple(self._site(op) for op, _ in group if op.kind == "call")
        last, branch = group[-1]
        asked = squash_c(self._data[last.expr.start:last.expr.end]) if branch and last.expr is not None else ""
        return Statement(line=line, text=squash_c(self._data[first.start:first.end]), calls=calls,
                         kind="return" if "return" in kinds else "rest" if "cut" in kinds else "plain",
                         asked=asked, branch=branch)


def function_view(path: str, data: bytes, *, name: str = "", line: int = 0, known: tuple[tuple[int, int], ...] = (),
                  sections: Mapping[int, str] | None = None,
                  spend: Callable[[int], None] = lambda _steps: None) -> FunctionFlow | None:
    """Return the flow of the function called `name`, or of the one around `line`; None when there is none.

    `known` and `sections` as for read_file(); what is asked of the flow is told to `spend` in steps. Raises
    BudgetError when the function is too large to analyse.
    """
    source = Source(path=path, data=data, known=known, sections=tuple(sorted((sections or {}).items())))
    lines = lines_in(data)
    conditions = read_conditions(data, lines)
    near = list(range(lines.start(line), lines.start(line + 1))) if line else None
    for piece in find_pieces(source, lines, near):
        first, last = lines.line(piece.start), lines.line(max(piece.start, piece.end - 1))
        if (name and piece.header.name == name and (not line or first <= line <= last)) or (
                not name and first <= line <= last):
            return FunctionFlow(data, piece, conditions, spend)
    return None

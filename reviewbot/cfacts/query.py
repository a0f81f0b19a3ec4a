"""Questions about one function's paths: what runs after a call failed or succeeded, what always runs before it.

Built on demand for one function; everything that comes back is plain text and numbers. Paths are bounded: an answer
that ran into a bound is UNKNOWN, or says so in `complete`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from reviewbot.budget import LIMITS
from reviewbot.cfacts.analysis import Variant, analyse
from reviewbot.cfacts.conditions import Conditions, parse_c_condition, read_conditions
from reviewbot.cfacts.dataflow import after_op, beyond, dominators, guards_of, liveness, reaching
from reviewbot.cfacts.flags import by_flags
from reviewbot.cfacts.functions import Source, describe_function, find_pieces
from reviewbot.cfacts.graph import ENTRY, EXIT, STOP, Decision, Op
from reviewbot.cfacts.held import locks_held
from reviewbot.cfacts.known import Flags, Known, Result, learned, possible
from reviewbot.cfacts.lexer import lines_in, squash_c
from reviewbot.cfacts.naming import Names
from reviewbot.cfacts.outcome import Place
from reviewbot.cfacts.reach import Start, always_before, can_reach, find_way
from reviewbot.cfacts.routes import CallSite, Passing, Route, Routes, Statement, Wording
from reviewbot.cfacts.split import Piece
from reviewbot.cfacts.types import Function, Guard
from reviewbot.cfacts.way import Mark, Run, Way
from reviewbot.cfacts.worklist import Search
from reviewbot.errors import BudgetError
from reviewbot.logic import And, Cond, Not, Or, Ternary

__all__ = ["FunctionFlow", "function_view"]

_MOST_PATHS = 64
_MOST_STATES = 4000
_OPPOSITE = {Ternary.YES: Ternary.NO, Ternary.NO: Ternary.YES, Ternary.UNKNOWN: Ternary.UNKNOWN}


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
        self._wording = Wording(data, self._lines)
        self._asked: list[tuple[Variant, Flags]] = []
        self._runs: dict[tuple[int, int], Run[Statement]] = {}
        self._places: dict[int, dict[tuple[int, int], Place]] = {}
        self._texts: tuple[str, ...] | None = None
        self._routes: dict[tuple[int, int, Result], Routes] = {}
        self._calls: tuple[CallSite, ...] | None = None
        self._called: dict[tuple[str, ...], tuple[CallSite, ...]] = {}
        self._begun: dict[tuple[int, Place], Ternary] = {}
        self._locks: dict[int, dict[Place, frozenset[str]]] = {}
        self._names = Names((variant.graph for variant in self._variants), self._wording, piece.header.parameters)
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
            self._calls = tuple(self._wording.site(variant.graph.blocks[place[0]].ops[place[1]])
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

    def unread_starts(self) -> tuple[str, ...]:
        """Return the local variables that are declared with a value which nothing reads: on every path another one
        takes its place first."""
        found: dict[str, bool] = {}
        for graph in (variant.graph for variant in self._variants):
            live = liveness(graph)
            for block, those in enumerate(graph.blocks):
                for number, op in enumerate(those.ops):
                    if op.kind == "assign" and re.match(rb"\w[\w\s*]*[\s*]%s\s*=" % re.escape(op.name.encode()),
                                                        self._data[op.start:op.end]):
                        unread = op.name not in graph.handed_out and op.name not in after_op(graph, live, block, number)
                        found[op.name] = unread and found.get(op.name, True)
        return tuple(sorted(name for name, unread in found.items() if unread))

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
                found += self._wording.labelled([(op, "") for op in (ops[:place[1]] if block == place[0] else ops)])
        own = variant.graph.blocks[place[0]].ops[place[1]]
        line = self._lines.line(own.start)
        return tuple(sorted((s for s in found if s.line != line), key=lambda statement: statement.line))

    def guards(self, site: CallSite) -> tuple[Guard, ...]:
        """Return the tests that decide whether the call is reached."""
        variant, place = self._find(site)
        return self._guards(variant, place[0])

    def tests(self, site: CallSite) -> Cond:
        """Return what decides whether the call is reached, with what the flags among it stand for."""
        variant, place = self._find(site)
        graph = variant.graph
        return And(*(told if holds else Not(told) for one, holds in guards_of(graph, place[0])
                     for told in [by_flags(graph, self._data, self._asked_by(one), one.at)]))

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
            condition = self._asked_by(decision)
            found.append(Guard(line=self._lines.line(decision.expr.start),
                               condition=condition if holds else Not(condition)))
        return tuple(found)

    def is_set(self, name: str) -> bool:
        """Return whether the function gives a variable of its own, or a parameter, more than one value."""
        return any(name in variant.graph.changed and name in {*variant.graph.variables, *variant.graph.assigned}
                   for variant in self._variants)

    def _asked_by(self, decision: Decision) -> Cond:
        return parse_c_condition(self._data[decision.expr.start:decision.expr.end])

    def turns(self, site: CallSite) -> tuple[Cond, ...]:
        """Return the tests of which one way leads to the call and the other never does, and that are none of its
        guards or those of a loop: only some paths come by them, or they end it; in source order."""
        variant, place = self._find(site)
        graph, block = variant.graph, place[0]
        onward = reaching(graph)
        once = [one.at for one, _ in guards_of(graph, block) if not onward[one.at] >> one.at & 1]
        found = [one for one in graph.decisions if one.at not in {block, *once} and one.true != one.false
                 and onward[one.at] >> block & 1
                 and (beyond(graph, one.true, one.at) ^ beyond(graph, one.false, one.at)) >> block & 1]
        return tuple(dict.fromkeys(by_flags(graph, self._data, self._asked_by(one), one.at)
                                   for one in sorted(found, key=lambda one: one.expr.start)))

    def comes_back(self, site: CallSite) -> bool:
        """Return whether some path leads from the call to itself."""
        variant, place = self._find(site)
        return bool(reaching(variant.graph)[place[0]] >> place[0] & 1)

    def lines_aside(self, site: CallSite) -> frozenset[int]:
        """Return the lines with code from none of which any path leads to the call, whatever `#if` arms are built."""
        leading: set[int] = set()
        aside: set[int] = set()
        for variant in self._variants:
            place = self._place_in(variant, site)
            reach = reaching(variant.graph) if place else []
            for number, block in enumerate(variant.graph.blocks):
                for at, op in enumerate(block.ops):
                    leads = place is None or bool(reach[number] >> place[0] & 1) or (
                        number == place[0] and at <= place[1])
                    (leading if leads or op.kind in {"clean", "cut"} else aside).update(
                        range(self._lines.line(op.start), self._lines.line(max(op.start, op.end - 1)) + 1))
        return frozenset(aside - leading)

    def locks_at(self, site: CallSite) -> tuple[str, ...]:
        """Return the locks that some path to the call has taken and not given back, as `spin_lock(&lock)`, sorted.

        Told by names in this function alone: what a caller or a callee holds is not seen.
        """
        variant, place = self._find(site)
        if id(variant) not in self._locks:  # the variant lives as long as this value
            self._locks[id(variant)] = locks_held(variant.graph, self._wording)
        return tuple(sorted(self._locks[id(variant)].get(place, ())))

    def object_in(self, argument: str) -> str:
        """Return the object that an argument names in this function: as object_of(), and through names that are
        only ever assigned from another name of the same object (`mem = page_address(page);`)."""
        return self._names.always(argument)

    def names_of(self, site: CallSite, number: int) -> frozenset[str]:
        """Return the names that the object of an argument has at the call, () for an argument that is not there."""
        if number >= len(site.arguments):
            return frozenset()
        variant, place = self._find(site)
        return self._names.all_at(site.arguments[number], variant.graph, place)

    def is_given(self, call: CallSite, names: frozenset[str], number: int | None = None) -> bool:
        """Return whether a call receives the object that has one of the names, as argument `number` or as any."""
        texts = call.arguments if number is None else call.arguments[number:number + 1]
        found = self._sites.get((call.line, call.column))
        if found is None:
            return any(self.object_in(text) in names for text in texts)
        return any(not names.isdisjoint(self._names.at(text, found[0].graph, found[1])) for text in texts)

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
                       missing=tuple(self._wording.labelled(list(way.steps))))

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
            self._routes[key] = Routes(self._walk(variant, place, outcome), self._spend)
        return iter(self._routes[key])

    def _walk(self, variant: Variant, place: Place, outcome: Result) -> Iterator[Route]:
        graph, flow = variant.graph, variant.flow
        start, flags = frozenset({graph.blocks[place[0]].ops[place[1]].value}), self._flags(variant)
        taken = Way(self._wording.statement)
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
            self._runs[key] = Run(variant.graph.blocks[block].ops, self._wording.statement)
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
        known = flags.entering(variant.flow).get(place[0]) if flags.names else None
        if known is None:
            return frozenset()
        return flags.pass_through(variant.flow, place[0], (0, place[1]), frozenset(), known, "any")[1]

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
        wanted = self.names_of(site, argument)
        found = {(call.line, call.column): call
                 for path in self.paths_after(site, outcome) for statement in path.statements
                 for call in statement.calls if self.is_given(call, wanted)}
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
        wanted = None if argument is None else self.names_of(site, argument) or None
        start, flags = frozenset({graph.blocks[place[0]].ops[place[1]].value}), self._flags(variant)
        first_state = (place[0], place[1] + 1, start, self._known_at(variant, place))
        search: Search[tuple[int, int, frozenset[str], Known], tuple[tuple[Op, str], ...]] = Search(
            [(first_state, ())], most=_MOST_STATES)
        unknown: tuple[Statement, ...] | None = None
        for state, path in search:
            block, first, held, known = state
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
                    unknown, passed = tuple(self._wording.labelled(steps)), True
                if passed:
                    break
                known = learned(known, op, flags=flags.names, held=before, outcome=outcome)
                branches = possible(known, op, follows, held=before, outcome=outcome, flags=flags.names)
                steps.append((op, ""))
            if passed:
                continue
            if block == EXIT:
                return Passing(answer=Ternary.NO, missing=tuple(self._wording.labelled(steps)))
            for following, _label, then in branches:
                search.add((following, 0, held, then), tuple(steps))
        if search.cut:
            return Passing(answer=Ternary.UNKNOWN)
        return Passing(answer=Ternary.YES) if unknown is None else Passing(answer=Ternary.UNKNOWN, missing=unknown)

    def takes_back(self, call: Op | CallSite, site: CallSite, undo: frozenset[str]) -> bool:
        """Return whether a call is one of `undo` on the first argument's object of `site`.

        A function that undoes itself (`set_memory_valid(addr, n, enable)`) does so with another last argument.
        """
        if isinstance(call, Op):
            if call.kind != "call" or call.name not in undo:
                return False
            call = self._wording.site(call)
        if call.callee not in undo or not call.arguments or not site.arguments:
            return False
        if call.callee == site.callee and call.arguments[-1] == site.arguments[-1]:
            return False
        return self.is_given(call, self.names_of(site, 0), 0)

    def _is_one_of(self, op: Op, names: frozenset[str], wanted: frozenset[str] | None) -> bool:
        if op.kind == "clean":
            called = re.match(r"(\w+)\((.*)\)", op.name)
            return called is not None and called.group(1) in names and (
                wanted is None or self.object_in(called.group(2)) in wanted)
        if op.kind != "call" or op.name not in names:
            return False
        return wanted is None or self.is_given(self._wording.site(op), wanted)

    def _find(self, site: CallSite) -> tuple[Variant, Place]:
        return self._sites[site.line, site.column]


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

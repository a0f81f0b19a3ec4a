"""The ways through a function's outline, each with what its tests have decided about the values on it.

An outline has no paths; this makes them: what follows what, and which of them exclude each other because a test on the
way has said so (`if (ret) kfree(p); ... if (!ret) p->n = 1;`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import NO_RETURN
from reviewbot.cfacts.worklist import Search, spread
from reviewbot.contracts.outline import Outline, Step, place_of, walk
from reviewbot.contracts.results import Ask, asks_in, peeled

__all__ = ["Facts", "Say", "Ways", "comes_to", "decided", "ways_of"]

Facts = frozenset[tuple[str, bool]]
"""What is known on a way: a value (`ret`, `ret < 0`, `IS_ERR(p)`) and whether it holds."""

_MOST_STATES = 3000  # looked at by one search; a function with more ways is left alone
_MOST_SEARCHED = 30_000  # by all searches of one function; what is asked behind that has no answer
_MOST_PASSES = 40_000
_FALSE = frozenset({"0", "NULL", "false"})
Say = Literal["on", "stop", "found"]
"""What a search does at a step: go on, give up this way, or end."""


class Edge(NamedTuple):
    """What follows a step: another one, or the end (`to` is their number); behind a test, whether that held."""

    to: int
    holds: bool | None = None


class Ways:
    """The steps of an outline with what follows each."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.end = len(outline.steps)
        self.follows: list[list[Edge]] = [[] for _ in outline.steps]
        self._labels = {step.name: number for number, step in enumerate(outline.steps) if step.kind == "label"}
        self._known: dict[int, Facts] | None = None
        self._left = _MOST_SEARCHED
        self._region(0, self.end, self.end, self.end, self.end)

    def _entry(self, number: int) -> int:
        """Return where the statement with that step is entered: a do-while by its body."""
        if number < self.end:
            step = self.outline.steps[number]
            if step.loop and step.branches and step.branches[0].first < step.branches[0].last \
                    and self.outline.steps[step.branches[0].first].start < step.start:
                return self._entry(step.branches[0].first)
        return number

    def _region(self, first: int, last: int, after: int, leave: int, again: int) -> None:
        number = first
        while number < last:
            step = self.outline.steps[number]
            behind = self._behind(number, last)
            then = self._entry(behind) if behind < last else after
            self._step(number, step, behind, then, leave, again)
            number = behind

    def _behind(self, number: int, last: int) -> int:
        """Return the first step behind the statement that begins with this one."""
        step, steps = self.outline.steps[number], self.outline.steps
        if step.branches:
            behind = step.branches[-1].last
            return behind + 1 if self._stepping(step) is not None else behind
        if step.kind == "switch":
            behind = number + 1
            while behind < last and len(steps[behind].where) > len(step.where) \
                    and steps[behind].where[:len(step.where)] == step.where:
                behind += 1
            return behind
        return number + 1

    def _stepping(self, step: Step) -> int | None:
        """Return the step of a `for` loop that is done behind each round."""
        at = step.branches[-1].last if step.loop and step.branches else self.end
        if at < self.end and self.outline.steps[at].where == (*step.where, step.branches[-1].block):
            return at
        return None

    def _step(self, number: int, step: Step, behind: int, then: int, leave: int, again: int) -> None:
        match step.kind:
            case "test":
                self._test(number, step, then, leave, again)
            case "switch":
                self._switch(number, step, behind, then, again)
            case "return":
                pass
            case "goto":
                at = self._labels.get(step.name)
                if at is not None:
                    self.follows[number].append(Edge(at))
            case "break":
                self.follows[number].append(Edge(leave))
            case "continue":
                self.follows[number].append(Edge(again))
            case _:
                if not (step.expr is not None and step.expr.kind == "call" and step.expr.name in NO_RETURN):
                    self.follows[number].append(Edge(then))

    def _test(self, number: int, step: Step, then: int, leave: int, again: int) -> None:
        always = step.expr is None or (step.expr.kind == "literal" and step.expr.name not in _FALSE)
        stepping = self._stepping(step)
        for place, branch in enumerate(step.branches[:2]):
            after = then if not step.loop else number if stepping is None else stepping
            entry = self._entry(branch.first) if branch.first < branch.last else after
            self.follows[number].append(Edge(entry, None if step.loop and always else place == 0))
            self._region(branch.first, branch.last, after, then if step.loop else leave,
                         after if step.loop else again)
        if stepping is not None:
            self.follows[stepping].append(Edge(number))
        if len(step.branches) < 2 and not (step.loop and always):
            self.follows[number].append(Edge(then, holds=False))

    def _switch(self, number: int, step: Step, behind: int, then: int, again: int) -> None:
        depth = len(step.where) + 1
        starts = [at for at in range(number + 1, behind)
                  if at == number + 1 or self.outline.steps[at].where[:depth + 1]
                  != self.outline.steps[at - 1].where[:depth + 1]]
        for place, at in enumerate(starts):
            stop = starts[place + 1] if place + 1 < len(starts) else behind
            self.follows[number].append(Edge(self._entry(at)))
            self._region(at, stop, self._entry(stop) if stop < behind else then, then, again)
        if step.name != "default" or not starts:
            self.follows[number].append(Edge(then))

    def known(self, number: int) -> Facts:
        """Return what is known at a step whichever way led there."""
        if self._known is None:
            self._known = self.known_from(frozenset())
        return self._known.get(number, frozenset())

    def known_from(self, facts: Facts) -> dict[int, Facts]:
        """Return what is known at each step that some way leads to, where these facts hold at the start."""
        def onward(at: int, there: Facts) -> Iterator[tuple[int, Facts]]:
            return ((edge.to, then) for edge in self.follows[at]
                    if edge.to < self.end and (then := self.after(at, edge, there)) is not None)

        start: dict[int, Facts] = {0: facts} if self.end else {}
        return spread(start, onward, frozenset.intersection, most=_MOST_PASSES)

    def reached(self, number: int) -> bool:
        """Return whether some way leads to a step."""
        self.known(number)
        return self._known is not None and number in self._known

    def after(self, number: int, edge: Edge, facts: Facts) -> Facts | None:
        """Return what is known behind a step on one of its edges, None when the way cannot be gone."""
        step = self.outline.steps[number]
        facts = _without(facts, step)
        if step.kind == "test" and step.name:
            return facts  # the head of a loop that a macro makes, whose arguments are no condition
        if step.kind == "test" and edge.holds is not None:
            if _comes_to(step.expr, facts) is not None and _comes_to(step.expr, facts) is not edge.holds:
                return None
            told = frozenset(decided(step.expr, edge.holds))
            if any((text, not holds) in facts for text, holds in told):
                return None
            return facts | told
        return facts | frozenset(_assigned(step, facts))

    def search(self, number: int, facts: Facts, visit: Callable[[int, Step, Facts], Say], *, holds: bool | None = None,
               then: str = "") -> tuple[int, ...] | None:
        """Return the way from behind a step to the first step that `visit` calls found, None when there is none.

        The end of the function is visited as the step number `end`, a bare return. `holds`: only on that edge of a
        test. Facts about `then` are what is known of it behind the step, which assigns it.
        """
        final = Step("return", 0, 0, self.outline.end_line, ())
        search: Search[tuple[int, Facts], tuple[int, ...]] = Search((
            ((edge.to, known | {fact for fact in facts if then and _speaks_of(fact[0], then)}), (number,))
            for edge in self.follows[number] if holds is None or edge.holds is holds
            if (known := self.after(number, edge, facts)) is not None), most=_MOST_STATES)
        for (at, known), way in search:
            self._left -= 1
            if self._left < 0:
                return None
            said = visit(at, self.outline.steps[at] if at < self.end else final, known)
            if said == "found":
                return (*way, at)
            if said == "stop" or at >= self.end:
                continue
            for edge in self.follows[at]:
                told = self.after(at, edge, known)
                if told is not None:
                    search.add((edge.to, told), (*way, at))
        return None


def ways_of(outline: Outline) -> Ways:
    """Return the ways of an outline, made once."""
    if not isinstance(outline.ways, Ways):
        outline.ways = Ways(outline)
    return outline.ways


def _without(facts: Facts, step: Step) -> Facts:
    """Return the facts less those about what the step writes."""
    changed = [step.name] if step.kind == "declare" else []
    for part in walk(step.expr):
        if part.kind in {"assign", "update"} and part.parts:
            changed.append(place_of(part.parts[0]))
        elif part.kind == "call":
            changed += [place_of(inner.parts[0]) for inner in part.parts[1:] if inner.kind == "address" and inner.parts]
    return frozenset(fact for fact in facts if not any(name and _speaks_of(fact[0], name) for name in changed)) \
        if changed and facts else facts


def _speaks_of(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w>.]){re.escape(name)}(?!\w)", text) is not None


def decided(expr: Expr | None, holds: bool) -> Iterator[tuple[str, bool]]:  # noqa: FBT001 - what the test came to
    """Yield what a condition that holds, or does not, says of single values."""
    if expr is None:
        return
    expr = peeled(expr) if expr.kind != "assign" else expr
    if expr.kind in {"both", "either"}:
        if (expr.kind == "both") == holds:
            for part in expr.parts:
                yield from decided(part, holds)
        return
    if expr.kind == "unary" and expr.name == "!" and expr.parts:
        yield from decided(expr.parts[0], not holds)
        return
    for ask in asks_in(expr):
        yield from _told(ask, holds)
        return


def _comes_to(expr: Expr | None, facts: Facts) -> bool | None:
    """Return what a condition of several parts comes to by what is known of each, None where that is not all."""
    if expr is None or expr.kind not in {"both", "either"}:
        return None
    parts = [comes_to(part, facts) for part in expr.parts]
    if expr.kind == "both":
        return False if False in parts else True if None not in parts else None
    return True if True in parts else False if None not in parts else None


def comes_to(expr: Expr, facts: Facts) -> bool | None:
    """Return whether a condition holds by what is known, None where that does not say."""
    if expr.kind in {"both", "either"}:
        return _comes_to(expr, facts)
    for holds in (True, False):
        told = set(decided(expr, holds))
        if told and told <= facts:
            return holds
    return None


def _told(ask: Ask, holds: bool) -> Iterator[tuple[str, bool]]:  # noqa: FBT001
    name = _name(ask.subject)
    if not name:
        return
    if ask.how in {"true", "not"}:
        yield from _truth(name, (ask.how == "true") is holds)
    elif ask.how in {"negative", "not-negative"}:
        below = (ask.how == "negative") is holds
        yield f"{name} < 0", below
        if below:
            yield name, True
    elif ask.how == "IS_ERR":
        yield f"IS_ERR({name})", holds
        if holds:
            yield name, True
    elif ask.how == "IS_ERR_OR_NULL":
        if not holds:
            yield from ((f"IS_ERR({name})", False), (name, True))
    elif ask.how == "compare" and ask.other is not None and ask.operator in {"==", "!="}:
        other = peeled(ask.other)
        text = place_of(other) or ("-" + place_of(other.parts[0]) if other.kind == "unary" and other.parts else "")
        if text:
            same = (ask.operator == "==") is holds
            yield f"{name} == {text}", same
            if same and other.kind == "unary" and other.name == "-":
                yield from ((name, True), (f"{name} < 0", True))
    elif ask.how == "compare" and ask.other is not None and ask.other.name == "0" \
            and {">": True, "<=": False}.get(ask.operator) is holds:
        yield from ((name, True), (f"{name} < 0", False))


def _truth(name: str, holds: bool) -> Iterator[tuple[str, bool]]:  # noqa: FBT001
    yield name, holds
    if not holds:
        yield from ((f"{name} < 0", False), (f"IS_ERR({name})", False))


def _name(expr: Expr) -> str:
    if expr.kind == "assign" and expr.parts:
        expr = expr.parts[0]
    return place_of(expr) if expr.kind in {"name", "field", "index", "deref"} else ""


def _assigned(step: Step, facts: Facts) -> Iterator[tuple[str, bool]]:
    """Yield what an assignment says of its target."""
    expr = step.expr
    if step.kind == "declare" and expr is not None:
        target, value = step.name, expr
    elif step.kind == "do" and expr is not None and expr.kind == "assign" and expr.name == "=" and len(expr.parts) == 2:
        target, value = place_of(expr.parts[0]), expr.parts[1]
    else:
        return
    if not target:
        return
    inner = value
    while inner.kind == "cast" and inner.parts:
        inner = inner.parts[-1]
    if inner.kind in {"literal", "name"} and inner.name in _FALSE:
        yield from _truth(target, holds=False)
    elif inner.kind == "literal" or (inner.kind == "name" and inner.name == "true"):
        yield target, True
    elif inner.kind == "unary" and inner.name == "-" and inner.parts:
        yield from ((target, True), (f"{target} < 0", True))
    elif inner.kind == "call" and inner.name in {"ERR_PTR", "ERR_CAST"}:
        yield from ((target, True), (f"IS_ERR({target})", True))
    elif inner.kind == "call" and inner.name == "PTR_ERR":
        yield from ((target, True), (f"{target} < 0", True))
    elif inner.kind == "name":
        yield from ((target if text == inner.name else text.replace(inner.name, target), holds) for text, holds in facts
                    if text in {inner.name, f"{inner.name} < 0", f"IS_ERR({inner.name})"})

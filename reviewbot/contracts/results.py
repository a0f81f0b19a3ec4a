"""What becomes of a call's result in one function, step by step: tested how, returned, handed on, or not looked at.

Read from the outline, in source order: coarser than the paths of `cfacts`, and cheap enough for every caller in a tree.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Literal

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import STOPS_WHEN, TRANSPARENT, is_reporter
from reviewbot.contracts.outline import Outline, Step, place_of, walk
from reviewbot.values import dataclass

__all__ = ["Ask", "Fate", "How", "Read", "Treatment", "asks_in", "hook_of", "treatments"]

How = Literal["true", "not", "negative", "not-negative", "IS_ERR", "IS_ERR_OR_NULL", "compare"]
Fate = Literal["tested", "returned", "dereferenced", "converted", "stored", "passed", "used", "told", "dropped"]
"""`told`: only messages and warnings see it; `dropped`: nothing reads it."""

_ERR_TESTS = {"IS_ERR", "IS_ERR_OR_NULL", "IS_ERR_PCPU"}
_KEPT = frozenset({*_ERR_TESTS, "ERR_PTR", "ERR_CAST", "PTR_ERR", "PTR_ERR_OR_ZERO"})
_THROUGH = frozenset({"cast", "assign", "comma"})
_ZEROS = frozenset({"0", "NULL", "false"})
_MOST_STEPS = 1200  # of one function: each call is followed through them
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})


@dataclass(frozen=True, slots=True)
class Ask:
    """One question that a condition asks of a value: `subject` is what stands there, `negated` under how many `!`.

    `alone`: it is the whole condition; `other` is what a comparison compares with.
    """

    subject: Expr
    how: How
    alone: bool
    other: Expr | None = None
    operator: str = ""
    joined: Literal["", "both", "either"] = ""


@dataclass(frozen=True, slots=True)
class Read:
    """One place that reads a value: in which step, what for; `how` of a test, `by` the callee that receives it."""

    fate: Fate
    step: int
    offset: int
    line: int
    how: How | Literal[""] = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Treatment:
    """One call and what its function does with the result, in source order. `target` is the place that takes it."""

    call: Expr
    step: int
    line: int
    callee: str
    arguments: tuple[str, ...]
    target: str
    reads: tuple[Read, ...]

    @property
    def fate(self) -> Fate:
        """Return what the first thing is that matters: a test, else what follows the value without one."""
        for read in self.reads:
            if read.fate in {"tested", "dereferenced", "converted"}:
                return read.fate
        order: tuple[Fate, ...] = ("returned", "stored", "passed", "used", "told")
        there = {read.fate for read in self.reads}
        return next((fate for fate in order if fate in there), "dropped")

    @property
    def minds(self) -> bool:
        """Return whether a failure can make a difference: it is tested before it is used, or handed to the caller."""
        return self.fate in {"tested", "returned"} or any(read.fate in {"tested", "returned"} for read in self.reads)

    @property
    def first_test(self) -> Read | None:
        """Return the first test of the result."""
        return next((read for read in self.reads if read.fate == "tested"), None)


def peeled(expr: Expr) -> Expr:
    """Return the value that a cast, an assignment or a macro that hands it on has."""
    while True:
        if expr.kind in _THROUGH and expr.parts:
            expr = expr.parts[-1]
        elif expr.kind == "call" and expr.name in TRANSPARENT and len(expr.parts) >= 2 and expr.name not in _KEPT:
            expr = expr.parts[1]
        else:
            return expr


def asks_in(expr: Expr | None) -> Iterator[Ask]:
    """Yield what a condition asks, from left to right."""
    if expr is not None:
        yield from _asks(expr, "", alone=True, negated=False)


_OTHERWISE: dict[How, How] = {"true": "not", "not": "true", "negative": "not-negative", "not-negative": "negative"}


def _asks(expr: Expr, joined: Literal["", "both", "either"], *, alone: bool, negated: bool) -> Iterator[Ask]:
    """Yield the questions; `negated` under an odd number of `!`, which makes both to either and turns what is asked."""
    def ask(subject: Expr, how: How, other: Expr | None = None, operator: str = "") -> Ask:
        return Ask(peeled(subject), _OTHERWISE.get(how, how) if negated else how, alone, other, operator, joined)

    if expr.kind in {"both", "either"}:
        for part in expr.parts:
            yield from _asks(part, "both" if (expr.kind == "both") is not negated else "either", alone=False,
                             negated=negated)
    elif expr.kind == "call" and expr.name in TRANSPARENT and expr.name not in _ERR_TESTS and len(expr.parts) >= 2:
        yield from _asks(expr.parts[1], joined, alone=alone, negated=negated)
    elif expr.kind == "unary" and expr.name == "!" and expr.parts:
        yield from _asks(expr.parts[0], joined, alone=alone, negated=not negated)
    elif expr.kind == "call" and expr.name in _ERR_TESTS and len(expr.parts) == 2:
        yield ask(expr.parts[1], "IS_ERR_OR_NULL" if expr.name == "IS_ERR_OR_NULL" else "IS_ERR")
    elif expr.kind == "binary" and expr.name in _COMPARISONS and len(expr.parts) == 2:
        left, right = expr.parts
        yield ask(left, _compared(expr.name, right), right, expr.name)
        if right.kind in {"name", "field", "call"} and right.name not in _ZEROS:
            yield ask(right, "compare", left, expr.name)
    else:
        yield ask(expr, "true")


def _compared(operator: str, other: Expr) -> How:
    zero = other.kind in {"literal", "name"} and other.name in _ZEROS
    if zero and operator == "==":
        return "not"
    if zero and operator == "!=":
        return "true"
    if zero and operator in {"<", ">="}:
        return "negative" if operator == "<" else "not-negative"
    return "compare"


def treatments(outline: Outline, names: frozenset[str] | None = None) -> list[Treatment]:
    """Return the calls of a function (of those `names`) with what becomes of their results, in source order.

    A name such as `->prepare` stands for the calls through a member of that name.
    """
    if names is None and outline.treated is not None:
        return list(outline.treated)
    found: list[Treatment] = []
    if len(outline.steps) > _MOST_STEPS:
        return found
    for number, step in enumerate(outline.steps):
        for call, above in _calls(step.expr, ()):
            name = call.name or (hook_of(call) if names is not None else "")
            if name and (names is None or name in names) and name not in TRANSPARENT:
                found.append(_treated(outline, number, step, call, above, name))
    if names is None:
        outline.treated = list(found)
    return found


def hook_of(call: Expr) -> str:
    """Return what a call through a member is known by, `->prepare` of `ops.prepare(x)`; empty for another call."""
    member = call.parts[0] if call.parts and call.parts[0].kind == "field" else None
    return f"->{member.name.lstrip('.->')}" if member is not None else ""


def _calls(expr: Expr | None, above: tuple[Expr, ...]) -> Iterator[tuple[Expr, tuple[Expr, ...]]]:
    if expr is None:
        return
    if expr.kind == "call":
        yield expr, above
    for part in expr.parts:
        yield from _calls(part, (*above, expr))


def _treated(outline: Outline, number: int, step: Step, call: Expr, above: tuple[Expr, ...], name: str) -> Treatment:
    reads: list[Read] = []
    target, also = "", list[str]()
    value, left = call, list(above)
    while left:
        outer = left.pop()
        if outer.kind == "cast" and outer.name == "void":
            break
        if outer.kind == "cast" or (outer.kind == "comma" and outer.parts[-1] is value) or (
                outer.kind == "call" and outer.name in TRANSPARENT and outer.name not in _ERR_TESTS
                and value is not outer.parts[0]):
            value = outer
            continue
        if _masks(outer, value) or _asks_itself(outer, value, left):
            value = outer
            continue
        if outer.kind == "assign" and outer.parts[-1] is value and len(outer.parts) == 2:
            also += [target] if target else []  # `d->p = p = f()` gives it to two
            target = place_of(outer.parts[0])
            value = outer
            if not target:
                reads.append(Read("stored", number, call.start, step.line))
                break
            continue
        if outer.kind in {"both", "either"} and step.kind == "return":
            value = outer  # `return busy || f()` hands it on
            continue
        kind = _within(outer, value)
        if kind is not None:
            fate, how, by = kind
            reads.append(Read(fate, number, call.start, outline.line_of(call), how, by))
        break
    else:
        reads += _at_root(outline, number, step, value, call)
        if step.kind == "declare":
            target = step.name
    if target:
        reads += _followed(outline, number, target, after=call.end)
        if not _is_local(outline, target):
            reads.append(Read("stored", number, call.start, step.line))
    for other in also:
        reads += _followed(outline, number, other, after=call.end)
    return Treatment(call, number, outline.line_of(call), name,
                     tuple(outline.text(part) for part in call.parts[1:]), target, tuple(reads))


def _is_local(outline: Outline, target: str) -> bool:
    root = target.split("->", maxsplit=1)[0].split(".", maxsplit=1)[0].split("[", maxsplit=1)[0].lstrip("*&")
    return root in outline.locals and "->" not in target and "*" not in target


def _at_root(outline: Outline, number: int, step: Step, value: Expr, call: Expr) -> list[Read]:
    """Return how a step reads what stands in it as a whole."""
    line = outline.line_of(call)
    if step.kind == "return":
        return [Read("returned", number, call.start, line)]
    if step.kind == "switch":
        return [Read("tested", number, call.start, line, "compare")]
    if step.kind == "test":
        return [Read(_weight(outline, step), number, call.start, line, "true")]
    if value.kind == "call" and value is not call and value.name in TRANSPARENT:
        return [Read("told", number, call.start, line)]
    return []


def _masks(outer: Expr, value: Expr) -> bool:
    """Return whether an expression asks for bits of a value: `ret & VM_FAULT_ERROR`."""
    return outer.kind == "binary" and outer.name == "&" and len(outer.parts) == 2 and outer.parts[0] is value


def _asks_itself(outer: Expr, value: Expr, left: list[Expr]) -> bool:
    """Return whether an argument of a call asks whether a value is not 0, which the value says itself: `value != 0`."""
    return outer.kind == "binary" and outer.name == "!=" and len(outer.parts) == 2 and outer.parts[0] is value and (
        _compared(outer.name, outer.parts[1]) == "true") and bool(left) and left[-1].kind == "call"


def _weight(outline: Outline, step: Step) -> Fate:
    """Return whether a test decides anything but messages."""
    return "told" if step.branches and not step.loop and all(outline.only_tells(one) for one in step.branches) \
        else "tested"


def _within(outer: Expr, value: Expr) -> tuple[Fate, How | Literal[""], str] | None:
    """Return how an expression reads one of its parts; None for what neither reads nor tests it."""
    if outer.kind == "unary" and outer.name == "!":
        return "tested", "not", ""
    if outer.kind in {"both", "either", "choice"}:
        return ("tested", "true", "") if outer.kind != "choice" or outer.parts[0] is value else ("used", "", "")
    if outer.kind == "call":
        if value is outer.parts[0]:
            return "used", "", ""
        if outer.name in _ERR_TESTS:
            return "tested", "IS_ERR_OR_NULL" if outer.name == "IS_ERR_OR_NULL" else "IS_ERR", ""
        if outer.name in STOPS_WHEN or outer.name.startswith(("KUNIT_ASSERT", "KUNIT_EXPECT")):
            return "tested", "true", outer.name
        if is_conversion(outer.name):
            return "converted", "", outer.name
        if is_reporter(outer.name, has_text=any(part.kind == "string" for part in outer.parts[1:4])):
            return "told", "", outer.name
        return "passed", "", outer.name
    if outer.kind == "binary" and outer.name in _COMPARISONS:
        return "tested", _compared(outer.name, outer.parts[1]) if outer.parts[0] is value else "compare", ""
    if (outer.kind == "field" and outer.name.startswith("->")) or outer.kind == "deref" or (
            outer.kind == "index" and outer.parts[0] is value):
        return "dereferenced", "", ""
    return "used", "", ""


def _followed(outline: Outline, number: int, target: str, *, after: int) -> Iterator[Read]:
    """Yield what reads the place behind the step that fills it, until something else is assigned to it."""
    killed = yield from _followed_on(outline, number, target, after=after)
    here = set(outline.steps[number].where)
    for index, step in enumerate(outline.steps[:number] if not killed else ()):
        if step.loop and any(branch.block in here for branch in step.branches):
            yield from _reads(outline, index, step, target)[0]  # the test for another round


def _followed_on(outline: Outline, number: int, target: str, *, after: int) -> Generator[Read, None, bool]:
    here = outline.steps[number].where
    step = outline.steps[number]
    if step.kind == "test":  # it was filled in the condition
        yield Read(_weight(outline, step), number, after, step.line, _how_of(step.expr, target))
    index, jumped = number + 1, {number}
    over: set[tuple[int, ...]] = set()  # blocks in which something else was assigned: what follows there reads that
    while index < len(outline.steps):
        step = outline.steps[index]
        outside = here[:len(step.where)] == step.where
        if _excludes(outline, here, step.where) or (over and not over.isdisjoint(
                [step.where[:depth] for depth in range(len(step.where) + 1)])):
            index += 1
            continue
        reads, killed = _reads(outline, index, step, target)
        yield from reads
        if killed and not outside:
            over.add(step.where)
        if outside and (killed or step.kind == "return"):
            return killed
        if outside and step.kind == "goto":
            label = next((place for place, one in enumerate(outline.steps)
                          if one.kind == "label" and one.name == step.name), None)
            if label is None or label in jumped:
                return True
            jumped.add(label)
            index = label
        index += 1
    return False


def _excludes(outline: Outline, here: tuple[int, ...], there: tuple[int, ...]) -> bool:
    """Return whether a step stands in the other branch of a test around the place."""
    for own, other in zip(here, there, strict=False):
        if own != other:
            return outline.other_branch(own) == other
    return False


def _how_of(expr: Expr | None, target: str) -> How | Literal[""]:
    for ask in asks_in(expr):
        if place_of(ask.subject) == target or any(part.kind == "assign" and place_of(part.parts[0]) == target
                                                  for part in walk(ask.subject) if part.parts):
            return ask.how
    for ask in asks_in(expr):
        if ask.subject.kind == "call":
            return ask.how
    return "true"


def _reads(outline: Outline, index: int, step: Step, target: str) -> tuple[list[Read], bool]:
    """Return what a step reads of a place, in order, and whether it assigns something else to it."""
    found: list[Read] = []
    killed = step.kind == "declare" and step.name == target
    if step.expr is None:
        return found, killed
    asked = {id(ask.subject): ask.how for ask in asks_in(step.expr)} if step.kind == "test" else {}
    for expr, above in _places(step.expr, (), target):
        outer = above[-1] if above else None
        if outer is not None and outer.kind == "assign" and outer.parts[0] is expr:
            killed = killed or outer.name == "="
            continue
        if id(expr) in asked:
            found.append(Read(_weight(outline, step), index, expr.start, outline.line_of(expr), asked[id(expr)]))
            continue
        found.append(_read(outline, index, step, expr, above))
    return sorted(found, key=lambda read: read.offset), killed


def _read(outline: Outline, index: int, step: Step, expr: Expr, above: tuple[Expr, ...]) -> Read:
    line = outline.line_of(expr)
    value, left = expr, list(above)
    while left:
        outer = left.pop()
        if outer.kind == "address":
            return Read("used", index, expr.start, line)
        if outer.kind == "cast" or (outer.kind == "call" and outer.name in TRANSPARENT and outer.name not in _ERR_TESTS
                                    and value is not outer.parts[0]):
            value = outer
            continue
        if (_masks(outer, value) and (step.kind in {"test", "switch"} or left)) or _asks_itself(outer, value, left):
            value = outer
            continue
        if outer.kind == "assign":
            return Read("stored" if not _is_local(outline, place_of(outer.parts[0])) else "used", index, expr.start,
                        line)
        kind = _within(outer, value)
        if kind is not None:
            fate, how, by = kind
            if fate == "dereferenced" and left and left[-1].kind == "address":
                fate = "used"
            if fate == "tested" and step.kind == "test" and how != "":
                fate = _weight(outline, step)
            return Read(fate, index, expr.start, line, how, by)
    if step.kind == "return":
        return Read("returned", index, expr.start, line)
    if step.kind in {"test", "switch"}:
        return Read(_weight(outline, step), index, expr.start, line, "true")
    if value is not expr and value.kind == "call":
        return Read("told", index, expr.start, line)
    return Read("used", index, expr.start, line)


def _places(expr: Expr, above: tuple[Expr, ...], target: str) -> Iterator[tuple[Expr, tuple[Expr, ...]]]:
    """Yield where a place stands in an expression, with what is around it."""
    if expr.kind in {"name", "field", "index", "deref"} and place_of(expr) == target:
        yield expr, above
        return
    for part in expr.parts:
        yield from _places(part, (*above, expr), target)

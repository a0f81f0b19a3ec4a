"""Pointers that a test has found to be NULL, and that a way from there follows all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.results import Treatment, asks_in
from reviewbot.contracts.types import Hit
from reviewbot.contracts.units import known_units
from reviewbot.contracts.ways import Facts, Say, decided, ways_of

__all__ = ["followed_when_null", "used_before_test", "uses_when_empty"]

_MOST_TESTS = 60
Measured = Callable[[Expr, int], bool]
"""Says whether a call takes one of its arguments for its type alone."""


def _always_read(_: Expr, __: int) -> bool:
    return False


def _hit(outline: Outline, step: Step, name: str, use: str, shape: str = "uses-when-empty") -> Hit:
    said = outline.said(step)
    return Hit(shape=shape, line=step.line, end_line=step.line, symbol=name, object=name,
               fields=(("callee", name), ("test", said), ("use", use), ("variable", name)), new=((step.line, said),))


def uses_when_empty(outline: Outline, measured: Measured = _always_read) -> Iterator[Hit]:
    """A function leaves when a pointer is set, and goes on with it when it is NULL."""
    for number, step in enumerate(outline.steps):
        if step.kind != "test" or step.loop or len(step.branches) != 1 or step.branches[0].leaves != "return":
            continue
        inner = outline.inside(step.branches[0])
        asks = list(asks_in(step.expr))
        if len(asks) != 1 or not asks[0].alone or asks[0].how != "true" or asks[0].subject.kind != "name":
            continue
        name = asks[0].subject.name
        if "*" not in outline.type_of(name) or len(inner) != 1 or any(
                part.kind == "name" and part.name == name for part in walk(inner[0].expr)):
            continue
        use = _next_use(outline, number, step, name, measured)
        if use is not None:
            yield _hit(outline, step, name, use)


def _next_use(outline: Outline, number: int, step: Step, name: str, measured: Measured) -> str | None:
    """Return what the next step of the same block does with the pointer, None when it does not follow it at once."""
    for after in outline.steps[step.branches[0].last:]:
        if after.where != step.where or after.kind == "label":
            return None
        for expr in walk(after.expr):
            if expr.kind == "assign" and place_of(expr.parts[0]) == name:
                return None
        if follows(after.expr, name, measured):
            return outline.said(after).rstrip(";")
        for call in calls_in(after.expr):
            if any(part.kind == "name" and part.name == name for part in call.parts[1:]) and not is_conversion(
                    call.name) and number and not _takes_null(call.name):
                return outline.said(after).rstrip(";")
        if any(part.kind == "name" and part.name == name for part in walk(after.expr)):
            return None
    return None


def used_before_test(outline: Outline, every: list[Treatment], may_be_null: Callable[[str], bool],
                     measured: Measured) -> Iterator[Hit]:
    """Yield the results that are followed in front of the test whether there is one.

    `may_be_null` says whether a function gives NULL when it fails.
    """
    for one in every:
        reads = sorted(one.reads, key=lambda read: (read.step, read.offset))
        test = next((read for read in reads if read.fate == "tested"), None)
        use = next((read for read in reads if read.fate == "dereferenced" or (
            read.fate == "converted" and read.by in known_units().lists["of-page"])), None)
        if test is None or use is None or test.how not in {"not", "true"} or not one.target.isidentifier() or not (
                one.step < use.step < test.step):
            continue
        where, step = outline.steps[test.step].where, outline.steps[use.step]
        if where[:len(step.where)] == step.where and not any(
                between.kind == "label" or between.loop for between in outline.steps[one.step:test.step]) and (
                follows(step.expr, one.target, measured) or use.fate == "converted") and may_be_null(one.callee):
            yield Hit(shape="used-before-test", line=step.line, end_line=outline.last_line(step), symbol=one.callee,
                      object=one.target,
                      fields=(("callee", one.callee), ("test", outline.said(outline.steps[test.step])),
                              ("use", outline.said(step).rstrip(";")), ("variable", one.target)),
                      new=((step.line, outline.said(step)), (test.line, outline.said(outline.steps[test.step]))))


def _takes_null(name: str) -> bool:
    return known_frees().says(name, "lets-go")


def followed_when_null(outline: Outline, measured: Measured) -> Iterator[Hit]:
    """Yield the tests that find a pointer to be NULL where a way behind that follows it, or the test itself does."""
    known = {hit.line for hit in uses_when_empty(outline, measured)}
    tests = [(number, step) for number, step in enumerate(outline.steps)
             if step.kind == "test" and step.expr and not step.name]
    for number, step in tests[:_MOST_TESTS]:
        if step.line in known:
            continue
        for name in sorted(_pointers(outline, step)):
            use = _in_test(outline, step, name, measured) or _behind(outline, number, step, name, measured)
            if use is not None:
                yield _hit(outline, step, name, use, "followed-when-null")


def _pointers(outline: Outline, step: Step) -> set[str]:
    return {part.name for part in walk(step.expr) if part.kind == "name"
            and outline.type_of(part.name).rstrip(f" {part.name}").endswith("*")}


def _in_test(outline: Outline, step: Step, name: str, measured: Measured) -> str | None:
    """Return the part of a condition that follows the pointer where another part has found that it is NULL."""
    for expr in walk(step.expr):
        if expr.kind not in {"both", "either"}:
            continue
        for place, part in enumerate(expr.parts):
            if (name, False) in set(decided(part, expr.kind == "both")):
                later = next((one for one in expr.parts[place + 1:] if follows(one, name, measured)), None)
                return outline.text(later) if later is not None else None
    return None


def _behind(outline: Outline, number: int, step: Step, name: str, measured: Measured) -> str | None:
    ways = ways_of(outline)

    def visit(_: int, one: Step, __: Facts) -> Say:
        if one.kind == "switch" or _in_other_loop(outline, one, step):
            return "stop"  # which case runs, and whether a loop has a round, often goes with the pointer
        if follows(one.expr, name, measured):
            return "found"
        return "stop" if _gets_value(one, name) else "on"

    for holds in (True, False):
        if not holds and len(step.branches) == 1 and not step.branches[0].leaves:
            continue  # what runs behind may only do so with the pointer
        if (name, False) in set(decided(step.expr, holds)) and ways.reached(number) and (
                (name, True) not in ways.known(number)):
            way = ways.search(number, ways.known(number), visit, holds=holds)
            if way is not None and way[-1] < ways.end:
                return outline.said(outline.steps[way[-1]]).rstrip(";")
    return None


def _in_other_loop(outline: Outline, one: Step, test: Step) -> bool:
    inside = set(one.where) - set(test.where)
    return bool(inside) and any(step.loop and any(branch.block in inside for branch in step.branches)
                                for step in outline.steps)


def _gets_value(step: Step, name: str) -> bool:
    if step.kind == "declare" and step.name == name:
        return True
    if step.loop and step.name and any(part.kind == "name" and part.name == name for part in walk(step.expr)):
        return True
    return any((part.kind in {"assign", "update"} and place_of(part.parts[0]) == name)
               or (part.kind == "address" and place_of(part.parts[0]) == name) for part in walk(step.expr))


def follows(expr: Expr | None, name: str, measured: Measured) -> bool:
    """Return whether an expression looks behind a pointer whatever else it decides; its own tests in front count.

    An argument that is `measured` is not looked at.
    """
    if expr is None or expr.kind == "size":
        return False
    if expr.kind in {"both", "either", "choice"}:
        first = expr.parts[0]
        asked = any(part.kind == "name" and part.name == name for part in walk(first))
        return follows(first, name, measured) or (not asked and expr.kind != "choice" and any(
            follows(part, name, measured) for part in expr.parts[1:]))
    if expr.kind == "address" and expr.parts and expr.parts[0].kind == "field":
        return False
    if ((expr.kind == "field" and expr.name.startswith("->")) or expr.kind in {"deref", "index"}) \
            and expr.parts and place_of(expr.parts[0]) == name:
        return True
    if expr.kind == "call" and expr.name in {"typeof", "offsetof", "container_of", "sizeof_field", "struct_size",
                                             "rcu_dereference_raw"}:
        return False
    if expr.kind == "call":
        return any(follows(part, name, measured) and not (number and measured(expr, number - 1))
                   for number, part in enumerate(expr.parts))
    return any(follows(part, name, measured) for part in expr.parts)

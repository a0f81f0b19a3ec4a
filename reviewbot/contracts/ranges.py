"""Ranges of memory that are worked out from something else than what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Branch, Outline, Step, calls_in, given_to, walk
from reviewbot.contracts.results import peeled
from reviewbot.contracts.types import Hit
from reviewbot.contracts.units import known_units
from reviewbot.patterns import regex

__all__ = ["bounds_of_nothing", "sizes_from_before"]

_GREATEST = regex(r"U?(?:LONG|LLONG|INT|64|32)_MAX|SIZE_MAX|~ ?0(?:UL|ULL)?|\(?-1(?:UL|ULL)?\)?|-1")
_LEAST, _MOST = frozenset({"min", "min_t"}), frozenset({"max", "max_t"})


def bounds_of_nothing(outline: Outline, _: Teacher) -> Iterator[Hit]:
    """Yield the loops that collect both bounds of a range from one value which they do not change: whatever they go
    over, the range is that one value."""
    for step in outline.steps:
        if step.kind != "test" or not step.loop or not step.branches:
            continue
        bounds = _bounds(outline, step.branches[0])
        for low, (value, first) in bounds["min"].items():
            for high, (other, last) in bounds["max"].items():
                used = _used(outline, step.branches[0].last, low, high) if value == other and low != high else None
                if used is not None and not _changed(outline, step, value) and _is_empty(outline, step, low, high):
                    yield Hit(shape="bounds-of-nothing", line=min(first.line, last.line),
                              end_line=max(first.line, last.line), symbol=used.name,
                              object=f"{low} {high} {value}",
                              fields=(("callee", used.name), ("now", value), ("statement", outline.said(step)),
                                      ("variable", low), ("other", high)),
                              new=tuple(dict.fromkeys(((first.line, outline.said(first).rstrip(";")),
                                                       (last.line, outline.said(last).rstrip(";")),
                                                       (outline.line_of(used), outline.text(used))))))


def _bounds(outline: Outline, branch: Branch) -> dict[str, dict[str, tuple[str, Step]]]:
    """Return the variables that the steps of a loop make the least or the greatest of themselves and a plain variable:
    that variable, and where."""
    found: dict[str, dict[str, tuple[str, Step]]] = {"min": {}, "max": {}}
    for step in outline.inside(branch):
        expr = step.expr
        if step.kind != "do" or expr is None or expr.kind != "assign" or expr.name != "=":
            continue
        name, call = expr.parts[0], _bare(expr.parts[-1])
        how = "min" if call.name in _LEAST else "max" if call.name in _MOST else ""
        if name.kind != "name" or call.kind != "call" or not how:
            continue
        values = [_bare(one) for one in call.parts[-2:]]
        others = [one for one in values if one.kind == "name" and one.name != name.name]
        if len(values) == 2 and len(others) == 1 and name.name in {one.name for one in values if one.kind == "name"}:
            found[how][name.name] = (others[0].name, step)
    return found


def _is_empty(outline: Outline, loop: Step, low: str, high: str) -> bool:
    """Return whether the range holds nothing yet in front of the loop: it goes from the greatest number to 0."""
    at = outline.steps.index(loop)
    begins, ends = ([outline.text(given) for step in outline.steps[:at] for given in given_to(step, name)][-1:]
                    for name in (low, high))
    return ends == ["0"] and bool(begins) and _GREATEST.fullmatch(begins[0]) is not None


def _bare(expr: Expr) -> Expr:
    """Return an expression without its casts."""
    while expr.kind == "cast" and expr.parts:
        expr = expr.parts[-1]
    return expr


def _changed(outline: Outline, loop: Step, name: str) -> bool:
    """Return whether a loop may give the variable another value, or runs over it."""
    steps = [loop, *outline.inside(loop.branches[0])]
    return (bool(loop.name) and any(part.kind == "name" and part.name == name for part in walk(loop.expr))) or any(
        step.name == name or any(_writes(part, name) for part in walk(step.expr)) for step in steps)


def _writes(part: Expr, name: str) -> bool:
    return part.kind in {"assign", "update", "address"} and bool(part.parts) \
        and part.parts[0].kind == "name" and part.parts[0].name == name


def _used(outline: Outline, behind: int, low: str, high: str) -> Expr | None:
    """Return the first call behind that step that gets both bounds as they are."""
    for step in outline.steps[behind:]:
        for call in calls_in(step.expr):
            given = {peeled(part).name for part in call.parts[1:] if peeled(part).kind == "name"}
            if {low, high} <= given:
                return call
    return None


def sizes_from_before(outline: Outline, _: Teacher) -> Iterator[Hit]:
    """Yield the numbers of pages that were worked out from a count which has changed since, where what follows goes by
    the count as it is now."""
    takes = known_units().takes
    for number, step in enumerate(outline.steps):
        for call in calls_in(step.expr):
            wanted = takes.get(call.name, ())
            at = wanted.index("pages") + 1 if "pages" in wanted else 0
            if not at or at >= len(call.parts):
                continue
            for name in dict.fromkeys(part.name for part in walk(call.parts[at]) if part.kind == "name"):
                hit = _from_before(outline, number, call, call.parts[at], name)
                if hit is not None:
                    yield hit


def _from_before(outline: Outline, number: int, call: Expr, argument: Expr, name: str) -> Hit | None:
    """Return what is wrong with a variable in the count of a call, None for nothing."""
    if name not in outline.locals:
        return None
    made = max((at for at, step in enumerate(outline.steps[:number]) if list(given_to(step, name))), default=-1)
    if made < 0 or any(_writes(part, name) for step in outline.steps[made + 1:number] for part in walk(step.expr)):
        return None
    source, where = outline.steps[made], outline.steps[number].where
    if source.where != where[:len(source.where)]:
        return None
    for count in dict.fromkeys(part.name for given in given_to(source, name) for part in walk(given)
                               if part.kind == "name" and part.name != name):
        if not outline.type_of(count) or "*" in outline.type_of(count):
            continue
        later = [at for at in range(made + 1, number) if any(
            part.kind == "assign" and part.parts[0].kind == "name" and part.parts[0].name == count
            for part in walk(outline.steps[at].expr)) and _comes_on(outline, at, number)]
        if later and not any(part.kind == "name" and part.name == count for part in walk(argument)) \
                and _goes_by(outline, number, count):
            change = outline.steps[later[-1]]
            return Hit(shape="size-from-before", line=outline.steps[number].line,
                       end_line=outline.last_line(outline.steps[number]), symbol=call.name,
                       object=f"{name} {count}",
                       fields=(("callee", call.name), ("variable", name), ("other", count),
                               ("was", outline.said(source).rstrip(";")), ("now", outline.said(change).rstrip(";")),
                               ("statement", outline.text(call)), ("use", outline.text(argument))),
                       new=((source.line, outline.said(source)), (change.line, outline.said(change))))
    return None


def _comes_on(outline: Outline, at: int, number: int) -> bool:
    """Return whether the way goes on from one step to a later one: it is in no branch that leaves before that."""
    step, target = outline.steps[at], outline.steps[number]
    for test in outline.steps:
        for branch in test.branches:
            if branch.block in step.where and branch.block not in target.where and branch.leaves:
                return False
    return all(one.kind not in {"return", "goto", "break", "continue"} or one.where[:len(step.where)] != step.where
               or len(one.where) > len(step.where) for one in outline.steps[at + 1:number])


def _goes_by(outline: Outline, number: int, count: str) -> bool:
    """Return whether a call at or behind that step gets the count itself."""
    return any(peeled(part).kind == "name" and peeled(part).name == count for step in outline.steps[number:]
               for one in calls_in(step.expr) for part in one.parts[1:])

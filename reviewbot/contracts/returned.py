"""What a function gives back, read from its own body: NULL, an error pointer, an errno, or something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.outline import Outline, calls_in, place_of
from reviewbot.contracts.results import asks_in, peeled, treatments
from reviewbot.patterns import regex

__all__ = ["Gives", "gives", "hands_on"]

Gives = Literal["null", "error-pointer", "errno", "zero", "one", "true", "false", "value", "unknown"]
_ERRNO = regex(r"E[A-Z0-9]{2,}")
_ERRORS = frozenset({"ERR_PTR", "ERR_CAST", "PTR_ERR", "PTR_ERR_OR_ZERO"})
_MOST_DEPTH = 4


Through = Callable[[str], frozenset[Gives]]


def _unknown(_: str) -> frozenset[Gives]:
    return frozenset({"unknown"})


def gives(outline: Outline, through: Through = _unknown) -> dict[Gives, int]:
    """Return what the function returns, each with the line of the first such return.

    `value` is something that was tested before or is no failure by itself; `unknown` may be any of them. `through` says
    what another function gives whose result is handed on.
    """
    found: dict[Gives, int] = {}
    for step in outline.steps:
        if step.kind == "return" and step.expr is not None:
            for kind in _kinds(outline, step.expr, 0, through):
                found.setdefault(kind, step.line)
    return found


def hands_on(outline: Outline) -> tuple[str, ...]:
    """Return the functions whose result the function gives back as it is."""
    found = {expr.name for step in outline.steps if step.kind == "return" and step.expr is not None
             for expr in (peeled(step.expr),) if expr.kind == "call" and expr.name not in _ERRORS}
    found |= {one.callee for one in treatments(outline)
              if one.target and any(read.fate == "returned" for read in one.reads)}
    return tuple(sorted(found))


def _kinds(outline: Outline, expr: Expr, depth: int, through: Through) -> Iterator[Gives]:
    expr = peeled(expr)
    if expr.kind == "choice" and len(expr.parts) == 3:
        tested = {place_of(ask.subject) for ask in asks_in(expr.parts[0])}
        for part in expr.parts[1:]:
            if place_of(part) in tested - {""}:
                yield "value"
            else:
                yield from _kinds(outline, part, depth, through)
        return
    if expr.kind == "call":
        if expr.name in {"ERR_PTR", "ERR_CAST"}:
            yield "error-pointer"
        elif expr.name in {"PTR_ERR", "PTR_ERR_OR_ZERO"}:
            yield "errno"
        else:
            yield from sorted(through(expr.name))
        return
    if expr.kind == "unary" and expr.name == "-" and expr.parts:
        inner = expr.parts[0]
        yield "errno" if _ERRNO.fullmatch(inner.name) or (inner.kind == "literal" and inner.name != "0") else "unknown"
        return
    if expr.kind in {"literal", "name"} and expr.name in _CONSTANTS:
        yield "null" if expr.name == "0" and outline.returns.endswith("*") else _CONSTANTS[expr.name]
        return
    if expr.kind == "name" and depth < _MOST_DEPTH:
        yield from _of_variable(outline, expr.name, depth, through)
        return
    yield "value" if expr.kind in {"literal", "address", "unary", "binary", "both", "either"} else "unknown"


_CONSTANTS: dict[str, Gives] = {"NULL": "null", "0": "zero", "1": "one", "true": "true", "false": "false"}


def _of_variable(outline: Outline, name: str, depth: int, through: Through) -> Iterator[Gives]:
    """Yield what a returned variable may hold: what it is assigned, less the failures that a test takes away."""
    if name not in outline.locals:
        yield "unknown"
        return
    tested = {one.call.start: one for one in treatments(outline) if one.target == name}
    known = False
    for step in outline.steps:
        value = step.expr if step.kind == "declare" and step.name == name else None
        for part in _assigned(step.expr, name):
            value = part
        if value is None:
            continue
        known = True
        call = next((one for one in calls_in(value) if one.start in tested), None)
        if call is not None:
            first = tested[call.start].first_test
            leaves = first is not None and outline.steps[first.step].kind == "test" and any(
                branch.leaves for branch in outline.steps[first.step].branches)
            if leaves:
                yield "value"
            else:
                yield from sorted(through(call.name))
        else:
            yield from _kinds(outline, value, depth + 1, through)
    if not known:
        yield "unknown"


def _assigned(expr: Expr | None, name: str) -> Iterator[Expr]:
    if expr is not None and expr.kind == "assign" and len(expr.parts) == 2 and place_of(expr.parts[0]) == name:
        yield expr.parts[1]
    for ask in asks_in(expr) if expr is not None and expr.kind != "assign" else ():
        inner = ask.subject
        if inner.kind == "assign":
            yield inner.parts[1]

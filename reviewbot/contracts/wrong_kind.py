"""Errors that a function hands on as what they are not: as a bool, as a fault code, or a bool as an errno."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step
from reviewbot.contracts.results import Treatment, treatments
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["wrong_kinds"]

_FAMILY = regex(r"set_memory_\w+|set_direct_map_\w+|set_pages_\w+")
_CODES = {"vm_fault_t": "a fault code", "irqreturn_t": "an interrupt's return code"}


def wrong_kinds(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the returns that give an errno as a bool or as another code, and those that give a bool as an errno."""
    kind = outline.returns.split()[-1] if outline.returns.split() else ""
    if kind not in {"bool", "int", *_CODES}:
        return
    every = treatments(outline)
    for step in outline.steps:
        if step.kind != "return" or step.expr is None:
            continue
        source = _source(step.expr, every)
        if kind == "bool":
            if _is_errno(outline, step.expr) or (source is not None and source.call is step.expr
                                                 and _gives_errno(source.callee, teacher)):
                yield _hit("errno-as-bool", outline, step, source, how="a bool")
        elif kind in _CODES:
            if _is_errno(outline, step.expr) or (source is not None and _gives_errno(source.callee, teacher)):
                yield _hit("errno-as-code", outline, step, source, how=_CODES[kind])
        elif source is not None and source.call is not step.expr and _is_bool(source.callee, teacher) and any(
                read.fate == "tested" and read.how == "true" for read in source.reads):
            yield _hit("bool-as-errno", outline, step, source, how="an errno")


def _source(expr: Expr, every: list[Treatment]) -> Treatment | None:
    """Return the one call that a return hands on, by itself or through one variable that nothing else fills."""
    if expr.kind == "call":
        return next((one for one in every if one.call is expr), None)
    made = [one for one in every if expr.kind == "name" and one.target == expr.name]
    return made[0] if len(made) == 1 else None


def _is_errno(outline: Outline, expr: Expr) -> bool:
    return re.fullmatch(r"-E[A-Z0-9]+", outline.text(expr)) is not None


def _gives_errno(name: str, teacher: Teacher) -> bool:
    bodies = teacher.here(name)
    if not bodies:
        return _FAMILY.fullmatch(name) is not None
    return all(body.returns.split()[-1:] == ["int"] and "errno" in teacher.given(body)
               and not teacher.given(body).keys() & {"true", "false"} for _, body in bodies)


def _is_bool(name: str, teacher: Teacher) -> bool:
    bodies = teacher.here(name)
    return bool(bodies) and all(body.returns.split()[-1:] == ["bool"] for _, body in bodies)


def _hit(shape: str, outline: Outline, step: Step, source: Treatment | None, *, how: str) -> Hit:
    said, callee = outline.said(step).rstrip(";"), source.callee if source is not None else outline.text(step.expr)
    return Hit(shape=shape, line=step.line, end_line=outline.last_line(step), symbol=callee, object=said,
               fields=(("callee", callee), ("exit", said), ("how", how)), new=((step.line, outline.said(step)),))

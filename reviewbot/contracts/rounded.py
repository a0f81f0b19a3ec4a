"""Bounds that a function rounded before it handed them on, and that go on as they come after a patch."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["roundings_gone"]

_ROUNDS = regex(r"(?:[A-Z]+_)?ALIGN(?:_DOWN)?|round_?(?:up|down)")
_MASK = regex(r"[A-Z]+_MASK")


def roundings_gone(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the calls that stay as they are and are given a variable that was rounded in front of them, `x =
    PAGE_ALIGN(x)`, when nothing new in the function has to do with the variable; of several for one call the first."""
    kept, known = {new.said(step) for step in new.steps}, {old.said(step) for step in old.steps}
    said: set[int] = set()
    for number, step in enumerate(old.steps):
        name, value = _rounded(step)
        if not name or old.said(step) in kept or any(
                _names(one, name) and new.said(one) not in known for one in new.steps):
            continue
        place = next((one for one in new.steps if one.kind != "declare" and any(
            _given(call, name) for call in calls_in(one.expr)) and new.said(one) in {
                old.said(later) for later in old.steps[number + 1:]}), None)
        if place is None or value is None or place.start in said:
            continue
        said.add(place.start)
        call = next(call for call in calls_in(place.expr) if _given(call, name))
        if any(_rounds_itself(body) for _, body in teacher.here(call.name)):
            continue
        was = old.text(value)
        by = f"{value.name}()" if value.kind == "call" else was.replace(name, "", 1).strip(" ()")
        yield Hit(shape="conversion-gone", line=place.line, end_line=new.last_line(place), symbol=call.name,
                  object=f"{name} {by}",
                  fields=(("callee", call.name), ("how", by), ("now", name),
                          ("statement", new.text(call)), ("variable", name), ("was", was)),
                  old=((step.line, old.said(step)),), new=((place.line, new.said(place)),),
                  rests_on=frozenset({call.name}))


def _rounded(step: Step) -> tuple[str, Expr | None]:
    """Return the variable that a step rounds in its place, and the rounded value."""
    expr = step.expr
    if step.kind != "do" or expr is None or expr.kind != "assign" or expr.name != "=" or expr.parts[0].kind != "name":
        return "", None
    name, value = expr.parts[0].name, expr.parts[-1]
    return (name, value) if _is_rounding(value, name) else ("", None)


def _is_rounding(value: Expr, name: str) -> bool:
    if value.kind == "call" and len(value.parts) > 1:
        return _ROUNDS.fullmatch(value.name) is not None and value.parts[1].name == name
    return value.kind == "binary" and value.name == "&" and value.parts[0].name == name \
        and _MASK.fullmatch(value.parts[-1].name) is not None


def _rounds_itself(body: Outline) -> bool:
    """Return whether a function rounds one of its parameters, wherever it does."""
    return any(_is_rounding(part, name) for step in body.steps for part in walk(step.expr)
               for name in body.parameters)


def _given(call: Expr, name: str) -> bool:
    return bool(call.name) and not _ROUNDS.fullmatch(call.name) and any(
        part.kind == "name" and part.name == name for part in call.parts[1:])


def _names(step: Step, name: str) -> bool:
    return any(part.kind == "name" and part.name == name for part in walk(step.expr))

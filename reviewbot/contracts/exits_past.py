"""Exits that jumped to a way back before a patch, and leave past it now."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.lost_errno import test_key
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, root_of
from reviewbot.contracts.pairs import gives_back
from reviewbot.contracts.results import asks_in
from reviewbot.contracts.types import Hit

__all__ = ["exits_past"]


def exits_past(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the exits that jumped to what gives something back before the patch, and leave past it now.

    Where the label itself has gone, because nothing else jumped to it, what it stood in front of is looked for: the
    other ways still come by, whatever it does.
    """
    before = {test_key(old, number, step): step for number, step in enumerate(old.steps)
              if step.kind == "test" and step.branches}
    for number, step in enumerate(new.steps):
        if step.kind != "test" or not step.branches:
            continue
        was = before.get(test_key(new, number, step))
        if was is None or was.branches[0].leaves != "goto" or step.branches[0].leaves not in {"return", "goto"}:
            continue
        if _calls_before(old, was) - _calls_before(new, step):
            continue  # what is undone there may not have been done yet
        jump, leave = old.inside(was.branches[0])[-1], new.inside(step.branches[0])[-1]
        if leave.kind == "goto" and leave.name == jump.name:
            continue
        still = {new.text(call) for call in _behind(new, leave.name)} if leave.kind == "goto" else set()
        empty = {place_of(ask.subject) for ask in asks_in(step.expr) if ask.how in {"not", "IS_ERR", "IS_ERR_OR_NULL"}}
        given = [call for call in _way_back(old, new, jump.name) if new.text(call) not in still and not (
            (empty - {""}) & {root_of(part) for part in call.parts[1:]})]
        if given and not any(call.name == given[0].name for inner in new.inside(step.branches[0])
                             for call in calls_in(inner.expr)):
            yield Hit(shape="exit-past-undo", line=leave.line, end_line=leave.line, symbol=given[0].name,
                      object=new.said(step),
                      fields=(("callee", given[0].name), ("undo", new.text(given[0])), ("variable", ""),
                              ("take", jump.name), ("exit", new.said(leave).rstrip(";")), ("test", new.said(step))),
                      old=((jump.line, old.said(jump)),), new=((leave.line, new.said(leave)),))


def _way_back(old: Outline, new: Outline, label: str) -> list[Expr]:
    """Return the calls behind a label in the new function: what it gives back, or, of a label that only this exit had,
    all that stood there and stands still."""
    if any(step.kind == "label" and step.name == label for step in new.steps):
        given = _behind(new, label)
        return given or _behind(new, label, every=True)
    left = {old.text(call) for call in _behind(old, label, every=True)}
    found = [call for step in new.steps if not step.where for call in _whole_calls(step) if new.text(call) in left]
    return found if len(found) == len(left) else []


def _calls_before(outline: Outline, step: Step) -> set[str]:
    return {call.name for one in outline.steps[:outline.steps.index(step) + 1] for call in calls_in(one.expr)}


def _whole_calls(step: Step) -> list[Expr]:
    """Return the call that a step is, or whose result it keeps."""
    expr = step.expr
    if step.kind == "do" and expr is not None and expr.kind == "assign" and len(expr.parts) == 2:
        expr = expr.parts[1]
    return [expr] if step.kind == "do" and expr is not None and expr.kind == "call" and expr.name and not (
        is_reporter(expr.name, has_text=any(part.kind == "string" for part in expr.parts[1:4]))
        or is_conversion(expr.name)) else []


def _behind(outline: Outline, label: str, *, every: bool = False) -> list[Expr]:
    """Return what is given back, or unlocked, behind a label that is still there; `every` call of it, if asked."""
    at = next((number for number, step in enumerate(outline.steps)
               if step.kind == "label" and step.name == label), None)
    jumps = [number for number, step in enumerate(outline.steps) if step.kind == "goto" and step.name == label]
    if at is None or any(number > at for number in jumps):
        return []  # the label begins another round, and is no way out
    found: list[Expr] = []
    for step in outline.steps[at:]:
        found += [call for call in _whole_calls(step) if every or (gives_back(call.name) and step.expr is call)]
        if step.kind == "return":
            break
    return found

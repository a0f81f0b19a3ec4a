"""New exits to a way back that all others take before a thing is known to others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.pairs import gives_back
from reviewbot.contracts.seen import known_seen
from reviewbot.contracts.types import Hit

__all__ = ["exits_too_late"]


def exits_too_late(old: Outline, new: Outline, _: Teacher) -> Iterator[Hit]:
    """Yield the new jumps for a failure to a way back which no other jump takes behind a step that stands before and
    after the patch and makes something known."""
    known = Counter(_jump(old, number) for number, step in enumerate(old.steps) if step.kind == "goto")
    texts = {old.said(step) for step in old.steps}
    for number, step in enumerate(new.steps):
        if step.kind != "goto" or not step.where or known[_jump(new, number)]:
            continue
        back = _way_back(new, step.name)
        others = [at for at, one in enumerate(new.steps) if one.kind == "goto" and at != number and one.name in back]
        if not others or max(others) > number or not _gives_back(new, step.name):
            continue
        told = [one for one in new.steps[max(others) + 1:number]
                if one.kind == "do" and one.where == step.where[:len(one.where)]
                and known_seen().tells(one.expr) and new.said(one) in texts]
        if told:
            test = next(one for one in reversed(new.steps[:number]) if one.kind == "test")
            yield Hit(shape="exit-too-late", line=step.line, end_line=new.last_line(step), symbol=step.name,
                      object=new.said(test),
                      fields=(("callee", step.name), ("exit", new.said(step).rstrip(";")), ("test", new.said(test)),
                              ("statement", new.said(told[-1]).rstrip(";"))),
                      new=((told[-1].line, new.said(told[-1])), (step.line, new.said(step))))


def _jump(outline: Outline, number: int) -> str:
    """Return what a jump is known by: the step in front of its test, the test, and where it goes."""
    test = next((at for at in range(number - 1, -1, -1) if outline.steps[at].kind == "test"), 0)
    return " ".join(outline.said(one) for one in (*outline.steps[max(test - 1, 0):test + 1], outline.steps[number]))


def _way_back(outline: Outline, label: str) -> frozenset[str]:
    """Return the labels whose code a jump to a label runs through, down to the next return."""
    return frozenset(step.name for step in _behind(outline, label) if step.kind == "label")


def _behind(outline: Outline, label: str) -> list[Step]:
    start = next((at for at, step in enumerate(outline.steps) if step.kind == "label" and step.name == label), None)
    if start is None:
        return []
    end = next((at for at, step in enumerate(outline.steps[start:], start) if step.kind == "return" and not step.where),
               len(outline.steps))
    return outline.steps[start:end]


def _gives_back(outline: Outline, label: str) -> bool:
    """Return whether a call on the way back says by its name that it gives something back."""
    return any(gives_back(call.name) for step in _behind(outline, label) for call in calls_in(step.expr))

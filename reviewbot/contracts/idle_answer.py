"""Functions that look after something, give a result now, and say that all is well also where they have not looked."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.vocabulary import is_reporter
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["answers_idly"]

_LOOKS = regex(r"check|verify|validat|audit|(?:^|_)(?:test|scan|is|has)(?:_|$)")
_WELL = {"bool": {"true", "1"}, "int": {"0"}}


def answers_idly(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the exits in front of all work that say, since the function gives a result, what a good end says."""
    kind = (new.returns.split() or [""])[-1]
    if old.returns.split()[-1:] != ["void"] or kind not in _WELL or not _LOOKS.search(new.name):
        return
    ends = [step for step in new.steps if step.kind == "return" and step.expr is not None]
    texts = {new.text(step.expr).strip("()") for step in ends}
    for number, step in enumerate(new.steps):
        if _works(step):
            return
        exit_ = _leaves(new, step)
        if exit_ is None:
            continue
        said = new.text(exit_.expr).strip("()")
        rest = [one for one in ends if one.start > step.end and one is not exit_]
        same = [one for one in rest if new.text(one.expr).strip("()") == said]
        handed = [one for one in rest if calls_in(one.expr)]
        behind = [one for one in new.steps[number + 1:] if _works(one)]
        if said in _WELL[kind] and behind and (handed or (same and texts - {said})):
            yield Hit(shape="passes-unchecked", line=exit_.line, end_line=new.last_line(exit_), symbol=new.name,
                      object=new.said(step),
                      fields=(("callee", new.name), ("exit", said), ("test", new.said(step)), ("type", kind)),
                      new=((step.line, new.said(step)), (exit_.line, new.said(exit_))))


def _works(step: Step) -> bool:
    """Return whether a step does something: it calls what does more than tell somebody."""
    if step.kind in {"do", "return"}:
        return bool([call for call in calls_in(step.expr) if not is_reporter(call.name, has_text=False)])
    return step.kind == "declare" and "struct" not in step.type.split() and bool(calls_in(step.expr))


def _leaves(outline: Outline, step: Step) -> Step | None:
    """Return the return that is all that a test leads to, None where there is more."""
    if step.kind != "test" or step.loop or not step.branches:
        return None
    inside = outline.inside(step.branches[0])
    return inside[0] if len(inside) == 1 and inside[0].kind == "return" and inside[0].expr is not None else None


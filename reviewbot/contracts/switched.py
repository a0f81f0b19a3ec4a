"""A build option that is tested where what it only makes possible is: a switch, or what a call says at run time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, place_of, walk
from reviewbot.contracts.tables import effect_table
from reviewbot.contracts.turned import apart, branches_alike
from reviewbot.contracts.types import Hit

__all__ = ["option_for_answer", "option_for_switch", "switch_besides"]

_MOST_PAIRS = 200


@lru_cache(maxsize=1)
def _switches() -> Mapping[str, tuple[str, ...]]:
    return effect_table("switches.toml", lambda table: {option: tuple(asks)
                                                       for option, asks in table["switches"].items()})


@lru_cache(maxsize=1)
def _besides() -> Mapping[str, str]:
    return effect_table("switches.toml", lambda table: dict(table["besides"]))


def switch_besides(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the tests that also ask a switch now, in front of what enters page table entries, where what the switch
    stands for is so without it as well."""
    gone, fresh = apart(old, new)
    for step in fresh if len(gone) * len(fresh) <= _MOST_PAIRS else ():
        for other in gone if step.kind == "test" and step.branches and _asked_besides(step) else ():
            if other.kind != "test" or not branches_alike(old, other, new, step):
                continue
            was, now = [old.text(part) for part in _parts(other.expr)], [new.text(part) for part in _parts(step.expr)]
            come = [part for part in _parts(step.expr) if new.text(part) not in was]
            enters = next((one for one in new.inside(step.branches[0]) for call in calls_in(one.expr)
                           if (effect := known_effects().of.get(call.name)) is not None and effect.id == "entry"), None)
            if len(come) == 1 and come[0].name in _besides() and set(was) < set(now) and enters is not None:
                yield Hit(shape="switch-besides", line=step.line, end_line=new.last_line(step), symbol=come[0].name,
                          object=new.said(step),
                          fields=(("callee", come[0].name), ("how", _besides()[come[0].name]),
                                  ("statement", new.said(enters).rstrip(";")), ("test", old.said(other))),
                          old=((other.line, old.said(other)),), new=((step.line, new.said(step)),))


def _asked_besides(step: Step) -> bool:
    return any(call.name in _besides() for call in calls_in(step.expr))


def option_for_switch(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the tests of an option alone in a function that never asks its switch, which the file asks elsewhere."""
    names = {part.name for step in outline.steps for part in walk(step.expr) if part.kind in {"name", "call"}}
    for step in outline.steps:
        for call in calls_in(step.expr) if step.kind == "test" else ():
            option = place_of(call.parts[1]).removeprefix("CONFIG_") if call.name == "IS_ENABLED" and len(
                call.parts) > 1 else ""
            asks = _switches().get(option, ())
            asked = next((name for name in asks if teacher.mentions(name)), "")
            if asked and not names & {*asks}:
                yield Hit(shape="option-for-switch", line=step.line, end_line=outline.last_line(step), symbol=option,
                          object=asked, fields=(("callee", asked), ("variable", f"CONFIG_{option}"),
                                                ("statement", outline.said(step).rstrip(";"))),
                          new=((step.line, outline.said(step)),))


def option_for_answer(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield the tests that ask whether an option is built in now, with the same branches, where they asked what a call
    or a variable says at run time."""
    gone, fresh = apart(old, new)
    for step in fresh if len(gone) * len(fresh) <= _MOST_PAIRS else ():
        for other in gone if step.kind == "test" and "IS_ENABLED(" in new.said(step) else ():
            if other.kind != "test" or not branches_alike(old, other, new, step):
                continue
            asked = {old.text(part): part for part in _parts(other.expr)}
            asks = {new.text(part): part for part in _parts(step.expr)}
            lost = [part for text, part in asked.items() if text not in asks]
            come = [part for text, part in asks.items() if text not in asked]
            if len(lost) != 1 or len(come) != 1 or come[0].name != "IS_ENABLED" or len(come[0].parts) < 2:
                continue
            option = place_of(come[0].parts[1])
            if _answers_at_run_time(lost[0], teacher):
                yield Hit(shape="option-for-answer", line=step.line, end_line=new.last_line(step),
                          symbol=lost[0].name or option, object=option,
                          fields=(("callee", old.text(lost[0])), ("variable", option),
                                  ("statement", new.said(step).rstrip(";"))),
                          old=((other.line, old.said(other)),), new=((step.line, new.said(step)),))


def _parts(expr: Expr | None) -> Iterator[Expr]:
    """Yield what a condition asks, one question each, without what joins or negates them."""
    if expr is None:
        return
    if expr.kind in {"both", "either"} or (expr.kind == "unary" and expr.name == "!"):
        for part in expr.parts:
            yield from _parts(part)
    else:
        yield expr


def _answers_at_run_time(asked: Expr, teacher: Teacher) -> bool:
    """Return whether a question is put to memory or to a function whose body does more than name a constant."""
    if asked.kind == "field" or (asked.kind == "name" and asked.name != asked.name.upper()):
        return True
    if asked.kind != "call" or not asked.name or asked.name == asked.name.upper():
        return False
    bodies = teacher.bodies(asked.name)
    return bool(bodies) and any(
        part.kind in {"call", "field", "deref", "index"} and part.name != "IS_ENABLED"
        for _, body in bodies for step in body.steps for part in walk(step.expr))

"""What a patch leaves or brings without a use: a function nobody calls, an error nobody reads, a constant argument."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.contracts.changed import Pair
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, calls_in
from reviewbot.contracts.results import treatments
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["without_effect"]

_FEWEST = 2  # callers that all give the same
_CONSTANT = regex(r"true|false|NULL|-?\d+|0x[0-9a-fA-F]+")


def without_effect(pairs: tuple[Pair, ...], teacher: Teacher) -> Iterator[tuple[Outline, Hit]]:
    """Yield what has no effect by the patch, in the file at hand."""
    for pair in pairs:
        if not pair.new:
            continue
        new = pair.new[0]
        if pair.old:
            yield from _last_users(pair.old[0], new, teacher)
        if new.static and not (pair.old and _gives_error(pair.old[0], teacher)):
            yield from _nobody_reads(new, teacher)
        if new.static and (not pair.old or len(pair.old[0].parameters) < len(new.parameters)):
            yield from _always_the_same(pair.old[0] if pair.old else None, new, teacher)


def _last_users(old: Outline, new: Outline, teacher: Teacher) -> Iterator[tuple[Outline, Hit]]:
    was = {call.name: step for step in old.steps for call in calls_in(step.expr)}
    now = {call.name for step in new.steps for call in calls_in(step.expr)}
    for name in sorted(set(was) - now - {""}):
        bodies = teacher.here(name)
        if len(bodies) != 1 or not bodies[0][1].static or teacher.mentions(name) != 1 or any(
                word in bodies[0][1].signature for word in ("inline", "unused", "__used")):
            continue
        body, step = bodies[0][1], was[name]
        yield new, Hit(shape="last-user-gone", line=body.line, end_line=body.line, symbol=name, object=name,
                       fields=(("callee", name), ("by", new.name)), old=((step.line, old.said(step)),),
                       new=((body.line, f"{name}()"),))


def _gives_error(outline: Outline, teacher: Teacher) -> bool:
    return outline.returns.split()[-1:] == ["int"] and "errno" in teacher.given(outline)


def _nobody_reads(new: Outline, teacher: Teacher) -> Iterator[tuple[Outline, Hit]]:
    if not _gives_error(new, teacher) or teacher.handed_on_here(new.name):
        return
    calls = [one for outline in teacher.callers_here(new.name) for one in treatments(outline, frozenset({new.name}))]
    if calls and all(one.fate == "dropped" for one in calls):
        first = teacher.given(new)["errno"]
        yield new, Hit(shape="nobody-reads", line=first, end_line=first, symbol=new.name, object=new.name,
                       fields=(("callee", new.name), ("evidence", str(len(calls))),
                               ("where", f"{teacher.near}:{first}")),
                       new=((calls[0].line, f"{new.name}()"),))


def _always_the_same(old: Outline | None, new: Outline, teacher: Teacher) -> Iterator[tuple[Outline, Hit]]:
    if teacher.handed_on_here(new.name):
        return
    calls = [(outline, call) for outline in teacher.callers_here(new.name) for step in outline.steps
             for call in calls_in(step.expr) if call.name == new.name]
    names = list(new.parameters)
    if len(calls) < _FEWEST or any(len(call.parts) != len(names) + 1 for _, call in calls):
        return
    for place, name in enumerate(names, 1):
        given = {outline.text(call.parts[place]) for outline, call in calls}
        if len(given) == 1 and _CONSTANT.fullmatch(min(given)) and (old is None or name not in old.parameters):
            yield new, Hit(shape="always-the-same", line=new.line, end_line=new.line, symbol=new.name,
                           object=name, fields=(("callee", new.name), ("variable", name), ("now", min(given)),
                                                ("evidence", str(len(calls)))),
                           new=tuple((outline.line_of(call), outline.text(call)) for outline, call in calls[:2]))

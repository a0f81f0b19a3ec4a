"""Tests with the same branches that ask about something else than before a patch."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.contracts.lost_undo import also_called
from reviewbot.contracts.outline import Outline, Step, calls_in, walk
from reviewbot.contracts.types import Hit

__all__ = ["asks_other_things"]


def asks_other_things(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the tests with the same branches that ask about something else in the function than what they decide on."""
    was_said, now_said = ({one.said(step) for step in one.steps} for one in (old, new))
    gone = [step for step in old.steps if step.kind == "test" and not step.loop and step.expr is not None
            and old.said(step) not in now_said]
    come = [step for step in new.steps if step.kind == "test" and not step.loop and step.expr is not None
            and new.said(step) not in was_said]
    if len(gone) != 1 or len(come) != 1:
        return
    [was], [now] = gone, come
    if [[old.said(step) for step in old.inside(branch)] for branch in was.branches] != \
            [[new.said(step) for step in new.inside(branch)] for branch in now.branches] or not was.branches:
        return
    yield from _constant_now(old, new, was, now)
    yield from _other_object(old, new, was, now)


def _hit(shape: str, old: Outline, new: Outline, was: Step, now: Step, **fields: str) -> Hit:
    return Hit(shape=shape, line=now.line, end_line=new.last_line(now), symbol=fields.get("callee", ""),
               object=new.said(now),
               fields=tuple(sorted({"was": old.said(was), "now": new.said(now), **fields}.items())),
               old=((was.line, old.said(was)),), new=((now.line, new.said(now)),))


def _constant_now(old: Outline, new: Outline, was: Step, now: Step) -> Iterator[Hit]:
    """A comparison with a number that was asked for, and is a constant now."""
    one, other = was.expr, now.expr
    if one is None or other is None or one.kind != "binary" or other.kind != "binary" or one.name != other.name \
            or old.text(one.parts[0]) != new.text(other.parts[0]) or not calls_in(one.parts[0]):
        return
    if calls_in(one.parts[1]) and other.parts[1].kind == "literal":
        inner = next((branch for branch in now.branches), None)
        done = next((new.said(step).rstrip(";") for step in (new.inside(inner) if inner else [])
                     if calls_in(step.expr)), "")
        if done:
            yield _hit("constant-now", old, new, was, now, callee=calls_in(other.parts[0])[0].name, statement=done,
                       take=old.text(one.parts[1]), give=new.text(other.parts[1]))


def _other_object(old: Outline, new: Outline, was: Step, now: Step) -> Iterator[Hit]:
    """A call that is asked about an object which the function has nothing else to do with."""
    texts = ({old.text(call) for call in calls_in(was.expr)}, {new.text(call) for call in calls_in(now.expr)})
    pairs = zip((call for call in calls_in(was.expr) if old.text(call) not in texts[1]),
                (call for call in calls_in(now.expr) if new.text(call) not in texts[0]), strict=False)
    for first, then in pairs:
        if first.name != then.name or len(first.parts) != len(then.parts) or old.text(first) == new.text(then):
            continue
        before = {part.name for part in walk(first) if part.kind == "name"}
        after = {part.name for part in walk(then) if part.kind == "name"}
        rest = {part.name for step in new.steps if step is not now for part in walk(step.expr) if part.kind == "name"}
        lost, come = before - after, after - before
        if lost and come and lost <= rest and not come & rest and not any(also_called(new, one) & come for one in lost):
            yield _hit("other-object", old, new, was, now, callee=then.name, take=min(lost), give=min(come))
        return

"""Steps on memory that come before another one is done with it: it is handed on, told of or flushed too early."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.away import memory_of
from reviewbot.contracts.effects import Effect, Event, events, known_effects
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.outline import Outline, Step, calls_in, given_to, root_of, walk
from reviewbot.contracts.places import known_contexts
from reviewbot.contracts.results import hook_of, peeled
from reviewbot.contracts.seen import known_seen
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import ways_of

__all__ = ["flushed_in_front", "stored_early", "told_before_flush"]

_CHANGES = frozenset({"shared", "private", "read-only", "executable", "not-executable", "unmapped", "mapped"})
_FLUSHES = "tlb"
_MOST_STEPS = 400
_LONGEST = 60  # characters of a call that is quoted whole


def stored_early(new: Outline, late: Expr, early: Expr) -> tuple[str, str] | None:
    """Return the shape for memory that is put where others find it before a call has changed it, and was so behind
    that before; None where it is no such pair of steps."""
    effect = known_effects().of.get(late.name) if late.kind == "call" and len(late.parts) > 1 else None
    if effect is None or effect.id not in _CHANGES or early.kind != "assign" or early.name != "=":
        return None
    target, value = early.parts[0], _base(early.parts[-1])
    memory = memory_of(new, late.parts[1], page=False)
    if not memory or memory_of(new, value, page=False) != memory or not _is_found_by_others(new, target):
        return None
    return "stored-early", effect.does


def _base(expr: Expr) -> Expr:
    """Return the address that an offset is counted from."""
    expr = peeled(expr)
    while expr.kind == "binary" and expr.name == "+" and expr.parts:
        expr = peeled(expr.parts[0])
    return expr


def _is_found_by_others(outline: Outline, target: Expr) -> bool:
    """Return whether a place is none of the function's own: a variable of the file, or what lies behind a pointer to
    memory that was not allocated right here."""
    root = root_of(target)
    if not root or (root not in outline.locals and root not in outline.parameters):
        return bool(root)
    if target.kind == "name" or "*" not in outline.type_of(root):
        return False
    given = [value for step in outline.steps for value in given_to(step, root)]
    return root in outline.parameters or not any(
        word in call.name for value in given for call in calls_in(value) for word in known_contexts().allocates)


def told_before_flush(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the calls that hand memory over in front of a flush which always came first before the patch."""
    was, now = _handed_over(old), _handed_over(new)
    for text, (number, name) in now.items():
        if text not in was:
            continue
        sides = (old, was[text][0]), (new, number)
        for flush in dict.fromkeys(new.text(event.call) for event in _flushes(new)):
            counts = [len([one for one in _at(outline, flush) if one < at and _is_around(outline, one, at)])
                      for outline, at in sides]
            behind = [[one for one in _at(outline, flush) if one > at and _leads(outline, at, one)]
                      for outline, at in sides]
            between = any(one < number and _leads(new, one, number) for one in _at(new, flush)) \
                and counts[1] >= counts[0]
            if counts[1] < counts[0] and len(behind[1]) > len(behind[0]) and not between:
                told, late = new.steps[number], new.steps[behind[1][0]]
                before = [old.steps[one] for one in _at(old, flush) if one < sides[0][1]][-1]
                yield Hit(shape="told-early", line=told.line, end_line=new.last_line(told), symbol=name,
                          object=f"{text} {flush}",
                          fields=(("callee", name), ("take", text), ("statement", flush), ("how", _effect().lost)),
                          old=((before.line, old.said(before)),),
                          new=((told.line, new.said(told)), (late.line, new.said(late))))
                break


def _effect() -> Effect:
    return next(effect for effect in known_effects().of.values() if effect.id == _FLUSHES)


def _handed_over(outline: Outline) -> dict[str, tuple[int, str]]:
    """Return the calls that hand memory over to somebody, those that stand in the function once, by their text."""
    found: dict[str, tuple[int, str]] = {}
    twice = set()
    for number, step in enumerate(outline.steps[:_MOST_STEPS]):
        for call in calls_in(step.expr):
            name = call.name or hook_of(call).removeprefix("->")
            if name in known_seen().handed:
                text = outline.text(call)
                twice |= {text} & found.keys()
                found[text] = number, name
    return {text: one for text, one in found.items() if text not in twice}


def _flushes(outline: Outline, teacher: Teacher | None = None) -> list[Event]:
    return [event for event in events(outline, teacher) if event.effect.id == _FLUSHES]


def _at(outline: Outline, text: str) -> list[int]:
    """Return the steps that make a call with this text."""
    return sorted({event.step for event in _flushes(outline) if outline.text(event.call) == text})


def _is_around(outline: Outline, first: int, then: int) -> bool:
    """Return whether who comes to a step has come by an earlier one: no block is around that and not around both."""
    where = outline.steps[first].where
    return outline.steps[then].where[:len(where)] == where


def _leads(outline: Outline, first: int, then: int) -> bool:
    """Return whether some way leads from one step to another."""
    ways = ways_of(outline)
    return ways.search(first, ways.known(first), lambda at, *_: "found" if at == then else "on") is not None


def flushed_in_front(old: Outline, new: Outline, was: Teacher, now: Teacher) -> Iterator[Hit]:
    """Yield the flushes that a patch moves out of a function of the file into one that calls it, or hands it on to be
    called for each entry, and there in front of that call: nothing flushes behind it any more."""
    before = {old.text(event.call) for event in _flushes(old)}
    come = [event for event in _flushes(new) if new.text(event.call) not in before]
    for event in come[:1]:
        for number, step in enumerate(new.steps[:_MOST_STEPS]):
            name = next((name for name in _called(step) if _stopped_flushing(name, was, now)), "") \
                if number >= event.step else ""
            if not name or (number == event.step and step.line <= new.line_of(event.call)) \
                    or any(other.step >= number and (other.step == number or _leads(new, number, other.step))
                           for other in _flushes(new, now) if other.call is not event.call):
                continue
            if _leads(new, number, event.step):
                continue  # around once more
            first = new.steps[event.step]
            yield Hit(shape="flushed-in-front", line=new.line_of(event.call), end_line=new.last_line(first),
                      symbol=event.name, object=f"{name} {event.name}",
                      fields=(("callee", event.name), ("take", new.text(event.call)), ("other", name),
                              ("statement", _short(new, step, name)), ("how", event.effect.early)),
                      new=((first.line, new.said(first)), (step.line, new.said(step))))
            return


def _short(outline: Outline, step: Step, name: str) -> str:
    """Return the call of a function, or the one that it is handed to, the name alone where the whole is long."""
    call = next(call for call in calls_in(step.expr) if call.name == name or any(
        part.kind == "name" and part.name == name for argument in call.parts[1:] for part in walk(argument)))
    text = outline.text(call)
    return text if len(text) <= _LONGEST or not call.name else f"{call.name}()"


def _called(step: Step) -> list[str]:
    """Return the functions that a step calls, and the names that it hands to calls."""
    found = []
    for call in calls_in(step.expr):
        found += [call.name] if call.name else []
        found += [part.name for argument in call.parts[1:] for part in walk(argument) if part.kind == "name"]
    return list(dict.fromkeys(found))


def _stopped_flushing(name: str, was: Teacher, now: Teacher) -> bool:
    """Return whether a function of the file flushed before the patch and does not after it."""
    bodies = [[body for _, body in teacher.here(name)] for teacher in (was, now)]
    return len(bodies[0]) == len(bodies[1]) == 1 and bool(_flushes(bodies[0][0], was)) \
        and not _flushes(bodies[1][0], now)

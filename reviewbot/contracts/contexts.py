"""Where code may not sleep, and what a patch changes about what protects it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.effects import known_effects
from reviewbot.contracts.held import Held, held_at, is_own_value, locks_taken, needs_no_lock, taken_out_of
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.locks import TAKES, Lock
from reviewbot.contracts.outline import Outline, Step, calls_in, outlines_of, walk
from reviewbot.contracts.places import known_contexts
from reviewbot.contracts.types import Hit
from reviewbot.text import places_of

__all__ = ["is_spinning", "protections_lost", "sleeping_calls", "sleeps_while_held", "taken_out_of_locks"]

_CHANGES = frozenset({"private", "shared", "read-only", "executable", "not-executable", "writable", "small"})
"""Effects of what takes a mutex, or allocates, on some architecture."""
_HIGHEST = 2
"""Steps up to the callers that may take a lock for a function."""
_DEEPEST = 4
"""Steps down to the functions that may take it instead."""
_MOST_PLACES = 200  # of the lock's name in one file
_MOST_SOURCES = 40  # files that name one lock: of one that all the kernel knows nobody is asked further


def is_spinning(take: str) -> bool:
    """Return whether nothing may sleep behind a call that takes a lock, or turns interrupts or preemption off."""
    return take in TAKES and take.startswith(known_contexts().spinning)


def _waiting() -> frozenset[str]:
    return known_contexts().lists["waiting"]


def _not_waiting() -> frozenset[str]:
    return known_contexts().lists["not-waiting"]


def sleeps_while_held(outline: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what may sleep at a step that every way reaches with a spinlock held, or interrupts or preemption off."""
    taken_at = locks_taken(outline)
    if not any(is_spinning(take) for take, _ in taken_at):
        return
    for number, held in sorted(held_at(outline).items()):
        spinning = sorted(lock for lock in held if is_spinning(lock[0]))
        step = outline.steps[number]
        for call in calls_in(step.expr) if spinning else ():
            why = _sleeps(outline, call) or _sleeps_inside(call, spinning, teacher)
            if why:
                take, what = spinning[0]
                taken = taken_at.get(spinning[0], step)
                yield Hit(shape="sleeps-while-held", line=outline.line_of(call), end_line=outline.last_line(step),
                          symbol=call.name, object=outline.text(call),
                          fields=(("callee", call.name), ("how", why), ("take", f"{take}({what})"),
                                  ("statement", outline.text(call))),
                          new=((taken.line, outline.said(taken)), (step.line, outline.said(step))))


def sleeping_calls(outline: Outline) -> Iterator[tuple[Expr, str, Step]]:
    """Yield the calls of a function that may sleep, with the reason and the step."""
    for step in outline.steps:
        for call in calls_in(step.expr):
            why = _sleeps(outline, call)
            if why:
                yield call, why, step


def taken_out_of_locks(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield what is taken out of a lock, without the locks under which something slept that is taken out as well: it
    had to go, and the steps around it went with it."""
    hits = list(taken_out_of(old, new))
    slept = _slept_under(old) - _slept_under(new) if hits else set()
    yield from (hit for hit in hits if dict(hit.fields)["take"] not in slept)


def _slept_under(outline: Outline) -> set[str]:
    """Return the spinlocks under which something may sleep."""
    found = set()
    for number, held in held_at(outline).items():
        spinning = [f"{take}({what})" for take, what in held if is_spinning(take)]
        if spinning and any(_sleeps(outline, call) or ((effect := known_effects().of.get(call.name)) is not None and (
                effect.id in _CHANGES)) for call in calls_in(outline.steps[number].expr)):
            found.update(spinning)
    return found


def _sleeps(outline: Outline, call: Expr) -> str:
    table = known_contexts()
    if call.name in table.lists["sleeps"]:
        return f"{call.name}() may sleep"
    if call.name in table.lists["faults"] and not any(one.name == "pagefault_disable" for one in _calls(outline)):
        return f"{call.name}() may fault and sleep"
    if any(word in call.name for word in table.allocates):
        flags = {name for argument in call.parts[1:] for name in _flags(outline, argument)}
        if flags & _waiting() and not flags & _not_waiting():
            return f"an allocation with {min(flags & _waiting())} may sleep"
    return ""


def _flags(outline: Outline, argument: Expr) -> Iterator[str]:
    """Yield the names in an argument, and of a local variable those in all that it is given."""
    for part in walk(argument):
        if part.kind != "name":
            continue
        yield part.name
        if "gfp_t" in outline.locals.get(part.name, "").split():
            yield from (name.name for value in _values(outline, part.name) for name in walk(value)
                        if name.kind == "name")


def _values(outline: Outline, name: str) -> Iterator[Expr | None]:
    for step in outline.steps:
        if step.kind == "declare" and step.name == name:
            yield step.expr
        yield from (part.parts[-1] for part in walk(step.expr)
                    if part.kind == "assign" and part.parts[0].kind == "name" and part.parts[0].name == name)


def _sleeps_inside(call: Expr, spinning: list[tuple[str, str]], teacher: Teacher) -> str:
    """Return what may sleep on every way through a function of the same file that drops none of the locks."""
    gives = {TAKES[take] for take, _ in spinning}
    for path, body in teacher.here(call.name):
        inner = [(one, step) for step in body.steps if not step.where for one in calls_in(step.expr)]
        if any(one.name in gives for step in body.steps for one in calls_in(step.expr)):
            return ""
        leaves = next((place for place, step in enumerate(body.steps) if step.kind in {"return", "goto", "test"}),
                      len(body.steps))
        for one, step in inner:
            why = _sleeps(body, one) if body.steps.index(step) <= leaves else ""
            if why:
                return f"there {why} ({path}:{step.line})"
    return ""


def protections_lost(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """Yield what protected the function before the patch and does so less, or not at all, after it."""
    yield from _may_sleep_now(old, new)
    yield from _weaker_locks(old, new)
    yield from _guards_gone(old, new, teacher)
    yield from _unprotected(old, new)
    yield from _arguments_turned(old, new, teacher)
    yield from _kept_while_sleeping(old, new)


def _may_sleep_now(old: Outline, new: Outline) -> Iterator[Hit]:
    """A statement with flags that kept it from sleeping, and with flags that let it sleep now."""
    was = [(step, _flags_in(step)) for step in old.steps if _flags_in(step) & _not_waiting()]
    kept = {old.said(step) for step in old.steps}
    there = [new.said(step) for step in new.steps]
    sleeping = _sleeps_already(new)
    for number, step in enumerate(new.steps):
        flags = _flags_in(step)
        if not flags & _waiting() or flags & _not_waiting() or new.said(step) in kept or number in sleeping:
            continue
        name, place = _goal(new, step)
        alike = [one for one, _ in was if _goal(old, one) == (name, place) and old.said(one) not in there]
        if len(alike) == 1 and not _moved_out(old, new, alike[0], step):
            earlier, now = old.said(alike[0]).rstrip(";"), new.said(step).rstrip(";")
            yield Hit(shape="may-sleep-now", line=step.line, end_line=new.last_line(step), symbol=name, object=now,
                      fields=(("callee", name), ("was", earlier), ("now", now)),
                      old=((alike[0].line, earlier),), new=((step.line, now),))
            return


def _flags_in(step: Step) -> set[str]:
    return {part.name for part in walk(step.expr) if part.kind == "name" and part.name in _waiting() | _not_waiting()}


def _goal(outline: Outline, step: Step) -> tuple[str, str]:
    """Return what receives the flags, a function or a variable, and what takes the result."""
    target = step.name if step.kind == "declare" else next(
        (outline.text(part.parts[0]) for part in walk(step.expr) if part.kind == "assign"), "")
    call = next((one for one in reversed(calls_in(step.expr)) if any(
        part.name in _waiting() | _not_waiting() for argument in one.parts[1:] for part in walk(argument))), None)
    return (call.name if call is not None else target), target


def _moved_out(old: Outline, new: Outline, was: Step, now: Step) -> bool:
    """Return whether the step stood behind a lock that forbids sleeping, and does not any more."""
    before = held_at(old).get(old.steps.index(was), frozenset())
    after = held_at(new).get(new.steps.index(now), frozenset())
    return any(is_spinning(take) for take, _ in before) and not any(is_spinning(take) for take, _ in after)


def _sleeps_already(outline: Outline) -> set[int]:
    """Return the steps that only run where something that sleeps has run: a mutex is held."""
    return {number for number, held in held_at(outline).items() if any(
        take.startswith(("mutex_lock", "down_", "mmap_")) for take, _ in held)}


def _calls(outline: Outline) -> list[Expr]:
    return [call for step in outline.steps for call in calls_in(step.expr) if call.name]


def _weaker_locks(old: Outline, new: Outline) -> Iterator[Hit]:
    """A lock that was taken with interrupts (or bottom halves) off, or for writing, and is taken with less now."""
    before, after = locks_taken(old), locks_taken(new)
    for (take, what), step in sorted(after.items(), key=lambda item: item[1].line):
        stronger = next((one for one in known_contexts().stronger.get(take, ())
                         if (one, what) in before and (one, what) not in after), None)
        if stronger and (take, what) not in before and what:
            yield Hit(shape="for-reading" if "write" in stronger and "read" in take else "weaker-lock",
                      line=step.line, end_line=step.line, symbol=take, object=what,
                      fields=(("callee", take), ("was", f"{stronger}({what})"), ("now", f"{take}({what})"),
                              ("take", what)),
                      old=((before[stronger, what].line, f"{stronger}({what})"),), new=((step.line, new.said(step)),))


def _guards_gone(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """A lock, or preemption or interrupts off, that the function took and gave back, and that is gone."""
    before, after = locks_taken(old), locks_taken(new)
    added = {call.name for call in _calls(new)} - {call.name for call in _calls(old)}
    lost = [lock for lock in before if lock not in after]
    if len(lost) != 1 or set(after) - set(before) or new.name != old.name or any(
            {"lock", "guard", "locked", "held"} & set(name.split("_")) for name in added) or "guard" in added:
        return  # another lock took its place, or the caller holds it
    [(take, what)] = lost
    if any({*take.split("_")} <= {*name.split("_")} for name in added):
        return  # what took its place says so in its name, and more
    if f"{take}({what})" in _slept_under(old):
        return
    start, gives = before[lost[0]], {call.name for call in _calls(new)}
    under = _between(old, take) if take == "cpus_read_lock" else [
        number for number, locks in sorted(held_at(old).items()) if (take, what) in locks]
    steps = [old.steps[number] for number in under]
    inside = [old.said(step) for step in steps
              if step.kind == "do" and step.expr is not None and not is_own_value(old, step)]
    texts = {new.said(step): step for step in new.steps if step.kind == "do"}
    kept = [text for text in inside if text in texts and TAKES[take] not in text]
    if kept and TAKES[take] not in gives and not _callers_hold(new, lost[0], teacher) \
            and not _taken_below(new, steps, lost[0], teacher):
        said = min(kept, key=lambda text: _is_beside_the_point(new, texts[text]))
        place = texts[said]
        yield Hit(shape="guard-gone", line=place.line, end_line=new.last_line(place), symbol=take,
                  object=f"{take}({what})",
                  fields=(("callee", take), ("take", f"{take}({what})"), ("statement", said.rstrip(";"))),
                  old=((start.line, old.said(start)),), new=((place.line, said),))


def _is_beside_the_point(outline: Outline, step: Step) -> tuple[bool, bool]:
    """Return how little a step tells of what a lock is for: least what needs none, most what has an answer."""
    expr = step.expr
    return needs_no_lock(outline, step), expr is None or expr.kind != "assign" or not calls_in(expr)


def _callers_hold(outline: Outline, lock: Lock, teacher: Teacher, depth: int = _HIGHEST) -> bool:
    """Return whether every way to a static function comes through a call behind the lock that it took itself."""
    if not depth or not outline.static or teacher.handed_on_here(outline.name):
        return False
    callers = teacher.callers_here(outline.name)
    return bool(callers) and all(
        _holds(held_at(caller).get(number, frozenset()), taken) or _callers_hold(caller, taken, teacher, depth - 1)
        for caller in callers for number, taken in _as_called(caller, outline, lock))


def _holds(held: Held, lock: Lock) -> bool:
    """Return whether a lock is among those that are held, whatever lockdep is told of it."""
    return any((take.removesuffix("_nested"), what) == lock for take, what in held)


def _taken_below(outline: Outline, inside: list[Step], lock: Lock, teacher: Teacher) -> bool:
    """Return whether one of these steps comes, through functions of the file at hand, to one that takes the same lock:
    a variable of the kernel, and none of the function's own."""
    name = lock[1].removeprefix("&")
    if name == lock[1] or not name.isidentifier() or outline.type_of(name):
        return False  # what is no lock itself, as `current`, all the kernel names
    takers = {one[0].name for path, data in islice(teacher.sources(name), _MOST_SOURCES)
              for one in outlines_of(path, data, list(places_of(name.encode(), data))[:_MOST_PLACES], most=1)
              if lock in locks_taken(one[0])}
    seen: set[str] = set()
    called = {call.name for step in inside for call in calls_in(step.expr)}
    for _ in range(_DEEPEST if takers else 0):
        if called & takers:
            return True
        seen |= called
        bodies = [body for name in sorted(called) for _, body in teacher.here(name)]
        called = {call.name for body in bodies for call in _calls(body)} - seen
    return False


def _as_called(caller: Outline, outline: Outline, lock: Lock) -> Iterator[tuple[int, Lock]]:
    """Yield the calls of a function, each with the lock by what the caller gives for the parameters."""
    for number, call in caller.calls_of(outline.name):
        given = dict(zip(outline.parameters, (caller.text(part) for part in call.parts[1:]), strict=False))
        yield number, (lock[0], "".join(given.get(word, word) for word in re.split(r"\b", lock[1])))


def _between(outline: Outline, take: str) -> list[int]:
    """Return the steps between a lock that nothing else is held with and its release in the same block."""
    ends = [[number for number, _ in outline.calls_of(name)] for name in (take, TAKES[take])]
    return list(range(ends[0][0] + 1, ends[1][0])) if [len(one) for one in ends] == [1, 1] and outline.steps[
        ends[0][0]].where == outline.steps[ends[1][0]].where else []


def _unprotected(old: Outline, new: Outline) -> Iterator[Hit]:
    """A call for the own CPU in its form for those who may be preempted, and in the one for those who may not now."""
    was, now = {call.name: call for call in _calls(old)}, {call.name: call for call in _calls(new)}
    for name, bare in sorted(known_contexts().bare.items()):
        if name not in was or bare in was or bare not in now or name in now:
            continue
        call = now[bare]
        step = next(number for number, step in enumerate(new.steps) if call in calls_in(step.expr))
        if not any(is_spinning(take) for take, _ in held_at(new).get(step, frozenset())):
            yield Hit(shape="unprotected", line=new.line_of(call), end_line=new.line_of(call), symbol=bare, object=bare,
                      fields=(("callee", bare), ("was", old.text(was[name])), ("now", new.text(call))),
                      old=((old.line_of(was[name]), old.text(was[name])),),
                      new=((new.line_of(call), new.text(call)),))


def _arguments_turned(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    """A call that tells its callee now that a lock is not held, in a function that others call with a lock held."""
    before = [(call, [old.text(part) for part in call.parts[1:]]) for call in _calls(old)]
    for call in _calls(new):
        now = [new.text(part) for part in call.parts[1:]]
        if any(other.name == call.name and texts == now for other, texts in before):
            continue
        for other, texts in before:
            if other.name != call.name or len(texts) != len(now):
                continue
            differ = [number for number, pair in enumerate(zip(texts, now, strict=True)) if pair[0] != pair[1]]
            if len(differ) == 1 and (texts[differ[0]], now[differ[0]]) == ("true", "false") \
                    and "lock" in _parameter(call.name, differ[0], teacher):
                locked = teacher.locked_caller(new.name)
                if not locked:
                    break
                yield Hit(shape="argument-turned", line=new.line_of(call), end_line=new.line_of(call), symbol=call.name,
                          object=str(differ[0]),
                          fields=(("callee", call.name), ("was", texts[differ[0]]), ("now", now[differ[0]]),
                                  ("statement", new.text(call)), ("where", locked)),
                          old=((old.line_of(other), old.text(other)),), new=((new.line_of(call), new.text(call)),))
                break


def _kept_while_sleeping(old: Outline, new: Outline) -> Iterator[Hit]:
    """A lock of the caller that was given up around a call which may sleep, and is kept now."""
    texts = [[(number, call, outline.text(call)) for number, step in enumerate(outline.steps)
              for call in calls_in(step.expr) if call.name] for outline in (old, new)]
    after = {text for _, _, text in texts[1]}
    held = held_at(old)
    for number, give, text in texts[0]:
        taken = [(at, call) for at, call, _ in texts[0] if at > number and TAKES.get(call.name) == give.name
                 and is_spinning(call.name) and old.text(call.parts[-1]) == old.text(give.parts[-1])]
        if text in after or not taken or len(give.parts) < 2 or any(
                what == old.text(give.parts[1]) for _, what in held.get(number, ())):
            continue
        at, take = taken[0]
        between = {text for place, _, text in texts[0] if number < place < at}
        for call, why, step in sleeping_calls(new) if old.text(take) not in after else ():
            if new.text(call) in between:
                yield Hit(shape="kept-while-sleeping", line=new.line_of(call), end_line=new.last_line(step),
                          symbol=call.name, object=new.text(call),
                          fields=(("callee", call.name), ("how", why), ("take", old.text(give)),
                                  ("statement", new.text(call)), ("was", old.text(take))),
                          old=((old.steps[number].line, text), (old.steps[at].line, old.text(take))),
                          new=((step.line, new.said(step)),))
                return


def _parameter(name: str, number: int, teacher: Teacher) -> str:
    """Return what a function of the file at hand calls its parameter, empty where it is not defined there."""
    for _, body in teacher.here(name):
        names = list(body.parameters)
        return names[number] if number < len(names) else ""
    return ""

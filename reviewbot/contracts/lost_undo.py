"""Steps that give something back and that a patch takes away, while the step that they undo stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewbot.cfacts.objects import is_conversion
from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.aligned import staying
from reviewbot.contracts.dropped import calls_dropped
from reviewbot.contracts.exit_between import exits_between
from reviewbot.contracts.exits_past import exits_past
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.halves_lost import halves_lost
from reviewbot.contracts.learn import Teacher
from reviewbot.contracts.locks import GIVES
from reviewbot.contracts.nearby import place_after
from reviewbot.contracts.outline import Outline, Step, calls_in, root_of, walk
from reviewbot.contracts.pairs import gives_back, known_pairs, taken_by
from reviewbot.contracts.types import Hit
from reviewbot.contracts.ways import ways_of
from reviewbot.values import dataclass

__all__ = ["also_called", "lost_undos"]


_LATER = frozenset({"kfree_rcu", "kvfree_rcu", "kfree_rcu_mightsleep", "kvfree_rcu_mightsleep"})
_IS_GIVEN = rb"\s*=\s*[^;=]*\w\s*\("
_NUMBERS = frozenset({"int", "unsigned", "signed", "short", "bool", "u8", "u16", "u32", "s8", "s16", "s32"})
_CONVERSIONS = frozenset({"set_memory_decrypted", "set_memory_encrypted"})


@dataclass(frozen=True, slots=True)
class _Giving:
    """A call that gives back what hangs on the variable `root`."""

    callee: str
    root: str
    thing: str
    whole: bool
    text: str
    step: Step
    call: Expr


def lost_undos(old: Outline, new: Outline, now: Teacher) -> Iterator[Hit]:
    """Yield what the function gave back before the patch and does not after it, and the half of a pair that is gone."""
    found = list(_lost_gives(old, new, now))
    yield from found
    halves = list(halves_lost(old, new, frozenset(hit.symbol for hit in found)))
    yield from halves
    yield from exits_past(old, new)
    yield from exits_between(old, new)
    yield from _cleanups_gone(old, new)
    if not found and not halves:
        yield from calls_dropped(old, new, "step-back-dropped")


def _cleanups_gone(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the variables that lose what gave them back at the end of their life."""
    was = {step.name: step for step in old.steps if step.kind == "declare" and step.cleanup}
    for step in new.steps:
        other = was.get(step.name)
        if step.kind != "declare" or other is None or step.cleanup or other.cleanup.startswith("_"):
            continue
        if not any(gives_back(call.name) and root_of(call.parts[1]) == step.name for one in new.steps
                   for call in calls_in(one.expr) if len(call.parts) > 1) and not _receives_more(old, new, step.name):
            undo = f"__free({other.cleanup})"
            yield Hit(shape="not-given-back", line=step.line, end_line=new.last_line(step), symbol=other.cleanup,
                      object=step.name, fields=(("callee", other.cleanup), ("variable", step.name), ("undo", undo),
                                                ("take", "")),
                      old=((other.line, old.said(other)),), new=((step.line, new.said(step)),))


def _givings(outline: Outline) -> list[_Giving]:
    found = []
    for step in outline.steps:
        for call in calls_in(step.expr):
            if not gives_back(call.name) or len(call.parts) < 2 or step.expr is not call:
                continue
            root = next((root for part in call.parts[1:] if (root := _root_of(part)) and (
                root in outline.locals or root in outline.parameters)), "") or _shared(call)
            if root:
                thing = next(part for part in call.parts[1:] if _root_of(part) == root)
                found.append(_Giving(call.name, root, outline.text(thing), thing.kind == "name", outline.text(call),
                                     step, call))
    return found


def _root_of(part: Expr) -> str:
    """Return the variable that an argument names, also through another kind of address of it, `__pa(pool)`, or as one
    of many that it leads to: `page + i`."""
    while (part.kind == "call" and is_conversion(part.name) and len(part.parts) == 2) or (
            part.kind == "binary" and part.name in {"+", "-"} and len(part.parts) == 2):
        part = part.parts[1] if part.kind == "call" else part.parts[0]
    return root_of(part)


def _shared(call: Expr) -> str:
    """Return the variable of the whole file that a call gives back, empty for none."""
    root = _root_of(call.parts[1])
    return root if not root.isupper() else ""


def _lost_gives(old: Outline, new: Outline, teacher: Teacher) -> Iterator[Hit]:
    was, now = _givings(old), _givings(new)
    left = Counter((one.callee, one.root) for one in was)
    left.subtract(Counter((one.callee, one.root) for one in now))
    lost = [one for one, count in left.items() if count > 0]
    if (len(lost) > 1 and not (len({root for _, root in lost}) == 1 and _is_shorter(old, new))) or any(
            count < 0 for count in left.values()):
        return  # the way back was written anew, or something else gives it back now
    calls = [Counter(call.name for step in outline.steps for call in calls_in(step.expr)) for outline in (old, new)]
    if any(gives_back(name) for name in calls[1] - calls[0]):
        return  # as above, by a variable that is not the function's own
    went = _taken_out(old, new) if lost else frozenset()
    for one in sorted(was, key=lambda one: one.step.start not in went):
        if left[one.callee, one.root] <= 0 or _is_a_number(new, one):
            continue
        left[one.callee, one.root] -= 1
        if any(calls[0][take] > calls[1][take] for take in GIVES.get(one.callee, ())):
            continue  # the lock is not taken either
        if any(calls[0][take] > calls[1][take] == 0 for take in taken_by(one.callee)):
            continue  # both halves went
        if (one.thing, False) in ways_of(old).known(old.steps.index(one.step)):
            continue  # no way came there with anything to give back
        if not _still_there(old, new, one, teacher) or _receives_more(old, new, one.root):
            continue
        if _is_converted(old, one) and _is_converted(new, one):
            continue  # where a conversion may have failed the memory is kept: that is the way to deal with it
        others = [other for other in now if other.callee != one.callee and (other.whole or (
            not one.whole and other.thing == one.thing))]
        linked = also_called(new, one.root) if "*" in new.type_of(one.root) or not new.type_of(one.root) else {one.root}
        if {other.root for other in others if not _is_beside(old, one, other, teacher)} & linked:
            continue  # another call still gives it back
        if one.callee in {other.callee for other in now if other.root == one.root and (
                other.thing == one.thing or not _mentions(new, one.thing))} and not (
                _path_alike(old, new, one) or _is_missing_alone(old, new, one, now)):
            continue  # several exits were made one
        beside = next((other.text for other in others if other.whole and other.root == one.root
                       and _is_beside(old, one, other, teacher)), "")
        own = one.root in {*new.locals, *new.parameters}
        place = place_after(old, new, one.step)
        yield Hit(shape="part-not-given-back" if beside else "not-given-back" if own else "shared-not-given-back",
                  line=place.line, end_line=place.line, symbol=one.callee, object=one.root,
                  fields=(("callee", one.callee), ("variable", one.thing if "->" in one.thing else one.root),
                          ("undo", one.text), ("take", beside)),
                  elsewhere=frozenset() if own else frozenset({re.split(r"->|\.", one.thing)[-1], one.root}),
                  old=((one.step.line, old.said(one.step)),), new=((place.line, new.said(place)),))
        if len(lost) > 1:
            return  # they are parts of one thing


def _taken_out(old: Outline, new: Outline) -> frozenset[int]:
    """Return where the steps begin that do not stand in the function any more: of several that say the same, the ones
    that have lost their place."""
    stays = staying(old, new)
    return frozenset(step.start for number, step in enumerate(old.steps) if number not in stays)


def _is_a_number(outline: Outline, one: _Giving) -> bool:
    """Return whether all that the call is given is a number that the function is told, which nobody has to give back:
    the CPU that it is called for. A number that was got, or that a table knows to be given back, is another matter."""
    kind = {*outline.type_of(one.root).replace(one.root, " ").split()} - {"const"}
    return bool(kind) and kind <= _NUMBERS and one.callee not in known_pairs().givers() and (
        one.root in outline.parameters or _is_walked(outline, one.root))


def _is_shorter(old: Outline, new: Outline) -> bool:
    """Return whether a patch only takes steps out of a function."""
    rest = iter(old.said(step) for step in old.steps)
    return all(new.said(step) in rest for step in new.steps)


def _is_beside(old: Outline, one: _Giving, other: _Giving, teacher: Teacher) -> bool:
    """Return whether a call that still gives back what the thing hangs on stood beside the lost one before the patch:
    the way past one came past the other, so both were needed.

    What frees memory and nothing else does not free what hangs on it, nor does a function whose body does not; what
    is put or released may do all.
    """
    at = old.steps.index(one.step)
    stood = next((step for number, step in enumerate(old.steps) if step is not one.step
                  and old.said(step) == other.text + ";" and (step.where == one.step.where or (
                      number > at and step.where == one.step.where[:len(step.where)]))), None)
    if stood is None:
        return False
    first, last = sorted((old.steps.index(stood), at))
    between = [step for step in old.steps[first:last] if step.where == one.step.where or stood.where != one.step.where]
    if any(step.kind in {"return", "goto", "break", "continue"} for step in between):
        return False
    if any(step.kind == "label" for step in between) and old.steps.index(stood) < old.steps.index(one.step):
        return False
    bodies = teacher.here(other.callee)
    return other.callee in known_frees().gone | _LATER or (bool(bodies) and not any(
        call.name == one.callee for _, body in bodies for step in body.steps for call in calls_in(step.expr))) or any(
            step.kind == "label" for step in between)


def _is_converted(outline: Outline, one: _Giving) -> bool:
    """Return whether the function shares the memory with the host, or makes it private again: pages that a failure has
    left in between must not be freed."""
    return any(call.name in _CONVERSIONS and len(call.parts) > 1 and any(
        outline.text(part) == one.thing for part in walk(call.parts[1]))
        for step in outline.steps for call in calls_in(step.expr))


def _mentions(outline: Outline, text: str) -> bool:
    return any(text == outline.text(part) for step in outline.steps for part in walk(step.expr))


def _is_missing_alone(old: Outline, new: Outline, one: _Giving, now: list[_Giving]) -> bool:
    """Return whether nothing gives the very thing back any more, and the steps beside it stand as they did."""
    if any(other.thing == one.thing for other in now):
        return False
    beside = [old.said(step) for step in old.steps if step.where == one.step.where and step is not one.step]
    return bool(beside) and {*beside} <= {new.said(step) for step in new.steps}


def also_called(outline: Outline, root: str) -> set[str]:
    """Return the variable and those that are made of it, or that it is made of: one thing under several names."""
    found = {root}
    for step in outline.steps:
        if step.kind == "declare" and step.name:
            pairs = [(step.name, step.expr)]
        else:
            pairs = [(expr.parts[0].name, expr.parts[1]) for expr in walk(step.expr)
                     if expr.kind == "assign" and expr.parts[0].kind == "name"]
        for name, value in pairs:
            words = {part.name for part in walk(value) if part.kind == "name"}
            if name == root:
                found |= words & {*outline.locals, *outline.parameters}
            elif root in words:
                found.add(name)
    return found


def _path_alike(old: Outline, new: Outline, one: _Giving) -> bool:
    """Return whether the branch in which it stood still is there, with its exit: else its ways have been joined."""
    branch = next((step for step in reversed(old.steps) for part in step.branches
                   if part.block == (one.step.where or (0,))[-1] and part.leaves), None)
    return branch is not None and any(step.kind == branch.kind and new.said(step) == old.said(branch)
                                      and [part.leaves for part in step.branches]
                                      == [part.leaves for part in branch.branches] for step in new.steps)


def _still_there(old: Outline, new: Outline, one: _Giving, teacher: Teacher) -> bool:
    """Return whether the function still gets the thing in the same way: as a parameter, from the same calls, or as a
    variable that the file still gives something. In a teardown also a member, by whatever variable it was found."""
    root, member = one.root, re.split(r"->|\.", one.thing)[-1]
    if root not in {*old.locals, *old.parameters, *new.locals, *new.parameters}:
        return bool(re.search(rb"\b" + root.encode() + _IS_GIVEN, teacher.data))
    if root not in {*new.locals, *new.parameters} and member.isidentifier() and member != one.thing:
        return known_frees().says(old.name, "teardown") and bool(re.search(
            rb"(?:->|\.)" + member.encode() + _IS_GIVEN, teacher.data))
    if root in new.parameters:
        return root in old.parameters
    if root not in new.locals or any(step.kind == "declare" and step.name == root and step.cleanup
                                     for step in new.steps):
        return False
    return _sources(old, root) == _sources(new, root) and (_sources(new, root) != set() or _is_walked(new, root))


def _is_walked(outline: Outline, root: str) -> bool:
    """Return whether the head of a loop gives the variable its values."""
    return any(step.loop and step.name and any(part.kind == "name" and part.name == root for part in walk(step.expr))
               for step in outline.steps)


def _sources(outline: Outline, root: str) -> set[str]:
    found = set()
    for step in outline.steps:
        if step.kind == "declare" and step.name == root:
            found |= {call.name for call in calls_in(step.expr)[:1]}
        for expr in walk(step.expr):
            if expr.kind == "assign" and expr.parts[0].kind == "name" and expr.parts[0].name == root:
                found |= {call.name for call in calls_in(expr.parts[1])[:1]} or {
                    outline.text(part) for part in walk(expr.parts[1]) if part.kind == "field"}
            elif expr.kind == "call" and any(
                    part.kind == "address" and part.parts and part.parts[0].kind == "name"
                    and part.parts[0].name == root for part in expr.parts[1:]) and "*" in outline.locals.get(root, ""):
                found.add(expr.name)
    return found


def _receives_more(old: Outline, new: Outline, root: str) -> bool:
    """Return whether the thing now goes where it did not go before: to another call, to memory, to the caller."""
    return bool(_receivers(new, root) - _receivers(old, root))


def _handed_up(expr: Expr | None) -> set[str]:
    """Return the variables in what a function returns, without those that it only gives to a call for that."""
    if expr is None:
        return set()
    if expr.kind == "call" and not is_conversion(expr.name):
        return set()
    return {expr.name} if expr.kind == "name" else set().union(*(_handed_up(part) for part in expr.parts))


def _receivers(outline: Outline, root: str) -> set[str]:
    found = set()
    for step in outline.steps:
        if step.kind == "return" and root in _handed_up(step.expr):
            found.add("return")
        for expr in walk(step.expr):
            if expr.kind == "call" and any(root_of(part) == root for part in expr.parts[1:]):
                found.add(expr.name)
            if expr.kind == "assign" and root_of(expr.parts[1]) == root:
                found.add(f"={outline.text(expr.parts[0])}")
    return found

"""Steps that give something back and that a patch takes away, while the step that they undo stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.held import GIVES
from reviewbot.contracts.lost_errno import test_key
from reviewbot.contracts.outline import Outline, Step, calls_in, root_of, walk
from reviewbot.contracts.pairs import gives_back, twins
from reviewbot.contracts.types import Hit
from reviewbot.values import dataclass

__all__ = ["also_called", "lost_undos", "place_after"]


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


def lost_undos(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield what the function gave back before the patch and does not after it, and the half of a pair that is gone."""
    yield from _lost_gives(old, new)
    yield from _lost_halves(old, new)
    yield from _exits_past(old, new)
    yield from _cleanups_gone(old, new)


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
            root = next((root for part in call.parts[1:] if (root := root_of(part)) and (
                root in outline.locals or root in outline.parameters)), "")
            if root:
                thing = next(part for part in call.parts[1:] if root_of(part) == root)
                found.append(_Giving(call.name, root, outline.text(thing), thing.kind == "name", outline.text(call),
                                     step, call))
    return found


def _lost_gives(old: Outline, new: Outline) -> Iterator[Hit]:
    was, now = _givings(old), _givings(new)
    left = Counter((one.callee, one.root) for one in was)
    left.subtract(Counter((one.callee, one.root) for one in now))
    if len([count for count in left.values() if count > 0]) > 1 or any(count < 0 for count in left.values()):
        return  # the way back was written anew, or something else gives it back now
    calls = [Counter(call.name for step in outline.steps for call in calls_in(step.expr)) for outline in (old, new)]
    if any(gives_back(name) for name in calls[1] - calls[0]):
        return  # as above, by a variable that is not the function's own
    for one in was:
        if left[one.callee, one.root] <= 0:
            continue
        left[one.callee, one.root] -= 1
        if any(calls[0][take] > calls[1][take] for take in GIVES.get(one.callee, ())):
            continue  # the lock is not taken either
        if not _still_there(old, new, one.root) or _receives_more(old, new, one.root):
            continue
        if _is_converted(old, one) and _is_converted(new, one):
            continue  # where a conversion may have failed the memory is kept: that is the way to deal with it
        if {other.root for other in now if other.callee != one.callee and (other.whole or (
                not one.whole and other.thing == one.thing))} & also_called(new, one.root):
            continue  # another call still gives it back
        if one.callee in {other.callee for other in now if other.root == one.root and (
                other.thing == one.thing or not _mentions(new, one.thing))} and not (
                _path_alike(old, new, one) or _is_missing_alone(old, new, one, now)):
            continue  # several exits were made one
        place = place_after(old, new, one.step)
        yield Hit(shape="not-given-back", line=place.line, end_line=place.line, symbol=one.callee, object=one.root,
                  fields=(("callee", one.callee), ("variable", one.thing if "->" in one.thing else one.root),
                          ("undo", one.text), ("take", "")),
                  old=((one.step.line, old.said(one.step)),), new=((place.line, new.said(place)),))


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


def _still_there(old: Outline, new: Outline, root: str) -> bool:
    """Return whether the function still gets the thing in the same way: as a parameter, or from the same calls."""
    if root in new.parameters:
        return root in old.parameters
    if root not in new.locals or any(step.kind == "declare" and step.name == root and step.cleanup
                                     for step in new.steps):
        return False
    return _sources(old, root) == _sources(new, root) != set()


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


def _receivers(outline: Outline, root: str) -> set[str]:
    found = set()
    for step in outline.steps:
        if step.kind == "return" and any(part.kind == "name" and part.name == root for part in walk(step.expr)):
            found.add("return")
        for expr in walk(step.expr):
            if expr.kind == "call" and any(root_of(part) == root for part in expr.parts[1:]):
                found.add(expr.name)
            if expr.kind == "assign" and root_of(expr.parts[1]) == root:
                found.add(f"={outline.text(expr.parts[0])}")
    return found


def place_after(old: Outline, new: Outline, step: Step) -> Step:
    """Return the step after the patch where the lost one stood: what was behind it, else what was before."""
    number = old.steps.index(step)
    behind = [new for new in old.steps[number + 1:] if new.where == step.where][:2]
    texts = {new.said(one): one for one in reversed(new.steps)}
    for one in behind:
        if old.said(one) in texts:
            return _nearest(new, old.said(one), step.line)
    for one in reversed(old.steps[:number]):
        if old.said(one) in texts:
            return _nearest(new, old.said(one), step.line)
    return new.steps[0]


def _nearest(outline: Outline, text: str, line: int) -> Step:
    return min((one for one in outline.steps if outline.said(one) == text), key=lambda one: abs(one.line - line))


def _lost_halves(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the calls that the patch takes away although what undoes them is still called."""
    was = Counter(call.name for step in old.steps for call in calls_in(step.expr) if call.name)
    now = Counter(call.name for step in new.steps for call in calls_in(step.expr) if call.name)
    added = set(now) - set(was)
    for name in sorted(was):
        undo = next((twin for twin in twins(name) if now[twin] and now[twin] == was[twin]), None)
        if undo is None or now[name]:
            continue
        verb = {*name.split("_")} - {*undo.split("_")}
        if any(verb & {*other.split("_")} or name.strip("_") in other for other in added):
            continue  # another function does it now
        step = next(step for step in old.steps if any(call.name == name for call in calls_in(step.expr)))
        if step.kind != "do":
            continue
        other = next(one for one in new.steps if any(call.name == undo for call in calls_in(one.expr)))
        yield Hit(shape="half-of-pair", line=other.line, end_line=other.line, symbol=undo, object=undo,
                  fields=(("callee", undo), ("variable", ""), ("take", f"{name}()"), ("undo", f"{undo}()")),
                  old=((step.line, old.said(step)),), new=((other.line, new.said(other)),))


def _exits_past(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the exits that jumped to what gives something back before the patch, and return past it now."""
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
        given = [call for call in _behind(new, jump.name) if new.text(call) not in still]
        if given and not any(call.name == given[0].name for inner in new.inside(step.branches[0])
                             for call in calls_in(inner.expr)):
            yield Hit(shape="exit-past-undo", line=leave.line, end_line=leave.line, symbol=given[0].name,
                      object=new.said(step),
                      fields=(("callee", given[0].name), ("undo", new.text(given[0])), ("variable", ""),
                              ("take", jump.name), ("exit", new.said(leave).rstrip(";")), ("test", new.said(step))),
                      old=((jump.line, old.said(jump)),), new=((leave.line, new.said(leave)),))


def _calls_before(outline: Outline, step: Step) -> set[str]:
    return {call.name for one in outline.steps[:outline.steps.index(step) + 1] for call in calls_in(one.expr)}


def _behind(outline: Outline, label: str) -> list[Expr]:
    """Return what is given back, or unlocked, behind a label that is still there."""
    at = next((number for number, step in enumerate(outline.steps)
               if step.kind == "label" and step.name == label), None)
    jumps = [number for number, step in enumerate(outline.steps) if step.kind == "goto" and step.name == label]
    if at is not None and any(number > at for number in jumps):
        return []  # the label begins another round, and is no way out
    found: list[Expr] = []
    for step in outline.steps[at:] if at is not None else ():
        found += [call for call in calls_in(step.expr) if gives_back(call.name) and step.expr is call]
        if step.kind == "return":
            break
    return found

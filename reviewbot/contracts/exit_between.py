"""Exits that a patch puts between a step and the one that takes it back, which every way came to before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import itemgetter

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.effects import known_effects, roots_of
from reviewbot.contracts.locks import GIVES, TAKES
from reviewbot.contracts.lost_errno import test_key
from reviewbot.contracts.outline import Outline, Step, calls_in, given_to
from reviewbot.contracts.pairs import known_pairs, twins
from reviewbot.contracts.results import asks_in
from reviewbot.contracts.types import Hit

__all__ = ["exits_between"]

Placed = tuple[int, Step, Expr]
Way = tuple[Placed, tuple[Placed, ...]]
"""A call with the later ones that take it back, in their order."""


def exits_between(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the new exits behind a call of which a later call, that all ways came to before the patch, is the way back.

    Locks have mechanisms of their own, and so has what somebody owns. Not told of the exit for a failure of the call
    itself: then there is nothing to take back.
    """
    known = {test_key(old, number, step) for number, step in enumerate(old.steps) if step.kind == "test"}
    more = _exits(new) - _exits(old)
    texts = Counter(old.text(call) for step in old.steps for call in calls_in(step.expr))
    ways = _ways(new, [(number, step, call) for number, step in enumerate(new.steps)
                       for call in calls_in(step.expr) if texts[new.text(call)]]) if more else ()
    for number, step in enumerate(new.steps):
        if step.kind != "test" or step.loop or not step.branches or test_key(new, number, step) in known:
            continue
        inside = new.inside(step.branches[0])
        if step.branches[0].leaves not in {"return", "goto"}:
            continue
        leave = inside[-1]
        if not more[_exit(new, step)]:
            continue
        end = _label(new, leave.name) if leave.kind == "goto" else len(new.steps)
        for take, undo in _pairs_around(new, number, step.branches[0].last, end, ways):
            done = {call.name for one in (*inside, *(new.steps[end:] if leave.kind == "goto" else ()))
                    for call in calls_in(one.expr)}
            if undo[2].name in done or _fails_itself(new, number, take) or done & {*twins(take[2].name)}:
                continue
            yield Hit(shape="exit-before-undo", line=leave.line, end_line=new.last_line(leave), symbol=undo[2].name,
                      object=new.said(step),
                      fields=(("callee", undo[2].name), ("undo", new.text(undo[2])), ("take", new.text(take[2])),
                              ("variable", ""), ("exit", new.said(leave).rstrip(";")), ("test", new.said(step)),
                              ("statement", ""), ("end", "")),
                      new=((take[1].line, new.said(take[1])), (leave.line, new.said(leave)),
                           (undo[1].line, new.said(undo[1]))))
            break


def _exit(outline: Outline, step: Step) -> tuple[str, str]:
    return outline.asked(step), outline.said(outline.inside(step.branches[0])[-1])


def _exits(outline: Outline) -> Counter[tuple[str, str]]:
    return Counter(_exit(outline, step) for step in outline.steps
                   if step.kind == "test" and step.branches and outline.inside(step.branches[0]))


def _label(outline: Outline, name: str) -> int:
    return next((number for number, step in enumerate(outline.steps) if step.kind == "label" and step.name == name), 0)


def _pairs_around(new: Outline, number: int, behind: int, end: int, ways: Sequence[Way]
                  ) -> Iterator[tuple[Placed, Placed]]:
    """Yield the calls in front of a test with those behind it, and in front of where its exit goes, that undo them."""
    here = new.steps[number].where
    for take, undos in ways:
        if take[0] < number <= undos[0][0] and take[1].where == here[:len(take[1].where)]:
            for undo in undos:
                if behind <= undo[0] < end and undo[1].where == here[:len(undo[1].where)]:
                    yield take, undo


def _ways(new: Outline, stays: Sequence[Placed]) -> list[Way]:
    """Return the calls that a later one takes back. Names are compared first: most of them have no way back."""
    of_name: dict[str, list[Placed]] = {}
    for one in stays:
        of_name.setdefault(one[2].name, []).append(one)
    givers = {*GIVES, *known_pairs().givers()}
    effects = known_effects().of
    changing = [name for name in of_name if name in effects]
    back = {name: [other for other in dict.fromkeys((*twins(name), *(changing if name in effects else ())))
                   if other in of_name and other not in givers] for name in of_name if name not in TAKES}
    ways = []
    for take in stays:
        undos = tuple(undo for name in back.get(take[2].name, ()) for undo in of_name[name]
                      if undo[0] > take[0] and _takes_back(new, take[2], undo[2]))
        if undos:
            ways.append((take, tuple(sorted(undos, key=itemgetter(0)))))
    return ways


def _takes_back(outline: Outline, take: Expr, undo: Expr) -> bool:
    """Return whether a call is the way back of another: by its effect on the same memory, or by its name, on the same
    things."""
    first, then = known_effects().of.get(take.name), known_effects().of.get(undo.name)
    if first is not None and then is not None:
        return first.id in {then.takes_back} - {""} or (first.takes_back == then.id and bool(
            roots_of(take) & roots_of(undo)))
    return undo.name in twins(take.name) and [outline.text(part) for part in take.parts[1:]] == [
        outline.text(part) for part in undo.parts[1:]]


def _fails_itself(outline: Outline, number: int, take: Placed) -> bool:
    """Return whether a test asks whether the call that is undone later has failed."""
    for ask in asks_in(outline.steps[number].expr):
        if ask.subject is take[2] or (take[0] == number and ask.subject.kind == "call"):
            return True
        if ask.subject.kind == "name":
            at = next((place for place in range(number - 1, -1, -1)
                       if any(given_to(outline.steps[place], ask.subject.name))), -1)
            if at == take[0]:
                return True
    return False

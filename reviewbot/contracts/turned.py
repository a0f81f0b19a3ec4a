"""Tests that a patch turns round and leaves what they decide as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.null_use import uses_when_empty
from reviewbot.contracts.outline import Outline, Step, walk
from reviewbot.contracts.places import known_contexts
from reviewbot.contracts.results import peeled
from reviewbot.contracts.types import Hit

__all__ = ["apart", "branches_alike", "senses_turned"]

_OPPOSED = ({"==", "!="}, {"<", ">"}, {"<=", ">="}, {"<", ">="}, {"<=", ">"})
_MOST_PAIRS = 400
_MOST_COMPARED = 40_000


def senses_turned(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield what the patch asks the other way round: the same words with one `!` more or less, or the opposite
    comparison, and the same branches."""
    gone, fresh = apart(old, new)
    if not gone or len(gone) * len(fresh) > _MOST_PAIRS:
        return
    for step in fresh:
        same = [(other, turned) for other in gone if (other.kind, other.name) == (step.kind, step.name)
                and (turned := _turned(old, other.expr, new, step.expr)) is not None]
        if len(same) != 1:
            continue
        [(other, subject)] = same
        if other.line in {hit.line for hit in uses_when_empty(old)}:
            continue  # it was wrong, and is right now
        if not branches_alike(old, other, new, step):
            continue
        name = subject.name if subject.kind == "call" else new.text(subject)
        if subject.kind in {"both", "either"}:  # known by what it asks, however it is negated
            name = " ".join(sorted({part.name for part in walk(subject)
                                    if part.kind in {"call", "name"} and part.name}))
        shape = "joined" if subject.kind in {"both", "either"} else (
            "turned-context" if _asks_context(subject) else "turned")
        yield Hit(shape=shape, line=step.line,
                  end_line=new.last_line(step), symbol=name, object=name,
                  fields=(("callee", name), ("now", new.text(step.expr)), ("was", old.text(other.expr))),
                  old=((other.line, old.said(other)),), new=((step.line, new.said(step)),))


def apart(old: Outline, new: Outline) -> tuple[list[Step], list[Step]]:
    """Return the steps that stand on one side alone: in the lines between those that both begin and end with."""
    was, now = [_shown(old, step) for step in old.steps], [_shown(new, step) for step in new.steps]
    first, most = 0, min(len(was), len(now))
    while first < most and was[first] == now[first]:
        first += 1
    last = 0
    while last < most - first and was[-1 - last] == now[-1 - last]:
        last += 1
    before, after = was[first:len(was) - last], now[first:len(now) - last]
    ours, theirs = old.steps[first:len(old.steps) - last], new.steps[first:len(new.steps) - last]
    if len(before) * len(after) > _MOST_COMPARED:
        known, there = {*before}, {*after}
        return ([step for text, step in zip(before, ours, strict=True) if step.expr and text not in there],
                [step for text, step in zip(after, theirs, strict=True) if step.expr and text not in known])
    gone, fresh = Counter(before) - Counter(after), Counter(after) - Counter(before)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [code for code in steps if code[0] != "equal"]
    return ([ours[at] for _, start, end, _, _ in changed for at in range(start, end)
             if ours[at].expr and gone[before[at]]],
            [theirs[at] for _, _, _, start, end in changed for at in range(start, end)
             if theirs[at].expr and fresh[after[at]]])


def _asks_context(subject: Expr) -> bool:
    lists = known_contexts().lists
    return subject.name in lists["asks"] or any(
        part.kind == "name" and part.name in lists["reclaims"] for part in walk(subject))


def _shown(outline: Outline, step: Step) -> str:
    return f"{step.kind} {step.name} {outline.text(step.expr)}"


def _turned(old: Outline, was: Expr | None, new: Outline, now: Expr | None) -> Expr | None:
    """Return what is asked the other way round now, None when two expressions differ in anything else."""
    if was is None or now is None:
        return None
    found = list(_differences(old, was, new, now))
    return found[0] if len(found) == 1 else None


def _differences(old: Outline, was: Expr, new: Outline, now: Expr) -> Iterator[Expr | None]:
    """Yield each place at which two expressions differ: what is asked the other way round there, None for another."""
    if old.text(was) == new.text(now):
        return
    for one, other in ((_negated(was), now), (_negated(now), was)):
        if one is not None and (old if other is was else new).text(other) == (new if other is was else old).text(one):
            yield _subject(now)
            return
    if was.kind == now.kind == "binary" and {was.name, now.name} in _OPPOSED and all(
            old.text(a) == new.text(b) for a, b in zip(was.parts, now.parts, strict=True)):
        yield _subject(now)
    elif {was.kind, now.kind} == {"both", "either"} and len(was.parts) == len(now.parts) and all(
            old.text(a) == new.text(b) for a, b in zip(was.parts, now.parts, strict=True)):
        yield now
    elif was.kind == now.kind == "choice" and len(was.parts) == len(now.parts) == 3 and (
            [old.text(part) for part in was.parts] == [new.text(now.parts[place]) for place in (0, 2, 1)]):
        yield _subject(now.parts[0])
    elif was.kind == now.kind and was.name == now.name and len(was.parts) == len(now.parts) and was.parts:
        for a, b in zip(was.parts, now.parts, strict=True):
            yield from _differences(old, a, new, b)
    else:
        yield None


def _negated(expr: Expr) -> Expr | None:
    return expr.parts[0] if expr.kind == "unary" and expr.name == "!" and expr.parts else None


def _subject(expr: Expr) -> Expr:
    while (inner := _negated(expr)) is not None:
        expr = inner
    if expr.kind == "binary" and expr.parts and expr.name in {"==", "!=", "<", ">", "<=", ">="}:
        return peeled(expr.parts[0])
    return peeled(expr)


def branches_alike(old: Outline, one: Step, new: Outline, other: Step) -> bool:
    """Return whether the branches do the same as before: else the patch has swapped them with the test."""
    return [[old.said(step) for step in old.inside(branch)] for branch in one.branches] \
        == [[new.said(step) for step in new.inside(branch)] for branch in other.branches]

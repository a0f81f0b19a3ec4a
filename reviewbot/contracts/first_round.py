"""Loops over an array that a patch lets begin at another element, for as many as before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.outline import Outline, Step, given_to, place_of, walk
from reviewbot.contracts.results import peeled
from reviewbot.contracts.sums import Sum, Sums, minus
from reviewbot.contracts.types import Hit
from reviewbot.patterns import regex

__all__ = ["begins_elsewhere"]

_NAME = regex(r"[A-Za-z_]\w*")
_MOST_LOOPS = 20


class _Walk(NamedTuple):
    """A loop that counts up by one over an array: the first index, how many rounds, and where it takes an element."""

    first: Sum
    rounds: Sum
    starts: Expr
    step: Step
    head: Step
    at: int


def begins_elsewhere(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the arrays over which one loop goes on both sides, for the same number of elements, from another first one.
    """
    was, now = _walks(old), _walks(new)
    writes = Sums(old), Sums(new)
    for array, (walk_, more) in now.items():
        before, others = was.get(array, (None, 0))
        if before is None or more or others or before.rounds != walk_.rounds or not minus(walk_.first, before.first):
            continue
        words = {word for one in (before, walk_) for side in (one.first, one.rounds) for product in side
                 for text in product for word in _NAME.findall(text)} | {*_NAME.findall(array)}
        if any(writes[0].writes(word, before.at) != writes[1].writes(word, walk_.at) for word in words):
            continue
        told = old.text(before.starts), new.text(walk_.starts)
        yield Hit(shape="begins-elsewhere", line=walk_.step.line, end_line=new.last_line(walk_.step), symbol="",
                  object=f"{array} {told[1]}",
                  fields=(("variable", array), ("was", told[0]), ("now", told[1]),
                          ("statement", new.said(walk_.step).rstrip(";"))),
                  old=((before.head.line, old.said(before.head)), (before.step.line, old.said(before.step))),
                  new=((walk_.head.line, new.said(walk_.head)), (walk_.step.line, new.said(walk_.step))))


def _walks(outline: Outline) -> dict[str, tuple[_Walk, int]]:
    """Return the arrays that loops of a function take one element of in each round, the first such loop, and how many
    others there are."""
    found: dict[str, tuple[_Walk, int]] = {}
    loops = [number for number, step in enumerate(outline.steps) if step.loop and step.kind == "test"]
    for number in loops[:_MOST_LOOPS]:
        head = outline.steps[number]
        loop = _counted(outline, number)
        if loop is None:
            continue
        name, start, rounds = loop
        sums = Sums(outline, {name: start})
        for step in outline.inside(head.branches[0]):
            for part in walk(step.expr):
                index = peeled(part.parts[1]) if part.kind == "index" and len(part.parts) == 2 else None
                if index is None or not any(one.kind == "name" and one.name == name for one in walk(index)):
                    continue
                array = place_of(part.parts[0])
                first = sums.of(index, number)
                if not array or first is None or any(list(given_to(step, name)) for step in outline.inside(
                        head.branches[0])):
                    continue
                starts = start[1] if index.kind == "name" else index
                one, others = found.get(array, (_Walk(first, rounds, starts, step, head, number), -1))
                found[array] = one, others + 1
    return found


def _counted(outline: Outline, number: int) -> tuple[str, tuple[int, Expr], Sum] | None:
    """Return the variable of a loop `for (i = A; i < B; i++)`, A with its step, and the number of rounds."""
    test = outline.steps[number].expr
    if number == 0 or test is None or test.kind != "binary" or test.name != "<" or test.parts[0].kind != "name":
        return None
    name, before = test.parts[0].name, outline.steps[number - 1]
    given = list(given_to(before, name))
    if len(given) != 1 or not any(
            part.kind == "update" and part.parts and part.parts[0].kind == "name" and part.parts[0].name == name
            for step in outline.steps[number:] for part in walk(step.expr)):
        return None
    sums = Sums(outline)
    first, last = sums.of(given[0], number), sums.of(test.parts[1], number)
    return None if first is None or last is None else (name, (number - 1, given[0]), minus(last, first))

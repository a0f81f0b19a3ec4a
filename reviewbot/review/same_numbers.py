"""What a call is given that is the same number as before, however it is worked out."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from reviewbot.cfacts.objects import is_conversion
from reviewbot.contracts.outline import Outline, calls_in, outlines_of, walk
from reviewbot.contracts.sums import Sum, Sums
from reviewbot.patterns import regex
from reviewbot.review.matching import Item

__all__ = ["is_same_number", "same_numbers"]

_NAME = regex(r"[A-Za-z_]\w*")
_CALLED = regex(r"([A-Za-z_]\w*)\(")


class _Given(NamedTuple):
    """The sums of a call's function, those of its arguments, and those of the local variables among these."""

    sums: Sums
    arguments: list[Sum | None]
    names: dict[str, Sum | None]


def same_numbers(before: Item, after: Item) -> frozenset[str]:
    """Return the local variables in the arguments of both calls that are set once on each side, to numbers that are
    one sum of the same things, which the function leaves as they are."""
    one, other = _given(before), _given(after)
    if one is None or other is None:
        return frozenset()
    return frozenset(name for name, number in one.names.items() if _is_one(
        one.sums, number, other.sums, other.names.get(name)))


def is_same_number(before: Item, after: Item, number: int) -> bool:
    """Return whether argument `number` of both calls is one sum of the same things."""
    one, other = _given(before), _given(after)
    return one is not None and other is not None and number < min(len(one.arguments), len(other.arguments)) \
        and _is_one(one.sums, one.arguments[number], other.sums, other.arguments[number])


def _is_one(one: Sums, was: Sum | None, other: Sums, now: Sum | None) -> bool:
    texts = [text for product in was for text in product] if was is not None and was == now else None
    return texts is not None and not any(side.writes(word, 0) for side in (one, other) for text in texts
                                         for word in _NAME.findall(text)) and all(
        is_conversion(called) for text in texts for called in _CALLED.findall(text))


def _given(item: Item) -> _Given | None:
    body = item.place.function.body
    data = item.place.side.tree.read(item.place.path) or b""
    for outline in _outlines(item.place.path, data, body.line, body.column):
        found = _in(outline, item)
        if found is not None:
            return found
    return None


@lru_cache(maxsize=16)  # the calls of one function are asked about one after the other
def _outlines(path: str, data: bytes, line: int, column: int) -> tuple[Outline, ...]:
    """Return the outlines of the function whose body begins there, one for each choice of `#if` arms."""
    start = sum(len(one) + 1 for one in data.split(b"\n", line)[:line - 1]) + column - 1
    return tuple(outline for group in outlines_of(path, data, [start]) for outline in group)


def _in(outline: Outline, item: Item) -> _Given | None:
    for number, step in enumerate(outline.steps):
        for call in calls_in(step.expr):
            if call.name == item.call.callee and outline.line_of(call) == item.call.span.line:
                sums = Sums(outline)
                names = {part.name: part for argument in call.parts[1:] for part in walk(argument)
                         if part.kind == "name" and part.name in outline.locals}
                return _Given(sums, [sums.of(part, number) for part in call.parts[1:]],
                              {name: sums.of(part, number) for name, part in names.items()})
    return None

"""Calls that a patch lets reach over fewer pages than before, or over more, from the same address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reviewbot.cfacts.syntax import Expr
from reviewbot.contracts.outline import Outline, Step, calls_in
from reviewbot.contracts.places import known_contexts
from reviewbot.contracts.sums import PAGE, Sum, Sums, minus
from reviewbot.contracts.types import Hit
from reviewbot.contracts.units import known_units
from reviewbot.patterns import regex

__all__ = ["COUNTED", "counted_otherwise", "speaks_of_ends"]

COUNTED = frozenset({"fewer-pages", "more-pages"})
_BEGINS = frozenset({"virt", "page", "phys", "pfn", "start"})
_LENGTHS = frozenset({"pages", "bytes", "end"})
_OF_ENDS = regex(r"""
      \boff[- ]by[- ](?:one|a[ ]page) | \b(?:in|ex)clusive
    | \b(?:last|first|extra|guard|additional|whole|entire|more|fewer|too[ ](?:many|few))[ ](?:page|byte)s?\b
    | \bone[ ](?:page|byte)[ ](?:more|less|fewer|too|short|further)\b
    | \btoo[ ](?:short|long|small|large|much)\b | \b(?:beyond|past)[ ]the[ ]end\b
""", re.IGNORECASE | re.VERBOSE)
_NAME = regex(r"[A-Za-z_]\w*")
_MOST_CALLS = 40
_Sited = tuple[int, Expr]
"""A call with the number of its step."""


class _Range(NamedTuple):
    start: Sum
    length: Sum
    unit: str

    @property
    def words(self) -> set[str]:
        """Return the names that the range is told by."""
        return {word for side in (self.start, self.length) for product in side for text in product
                for word in _NAME.findall(text)}


def counted_otherwise(old: Outline, new: Outline) -> Iterator[Hit]:
    """Yield the calls for a range that begins where it did and is longer or shorter by a known number: those of one
    reason at once."""
    tables = known_units().takes
    names = [name for name, takes in tables.items() if {*takes} & _BEGINS and {*takes} & _LENGTHS
             and 0 < len(old.calls_of(name)) == len(new.calls_of(name)) <= _MOST_CALLS]
    if not names or _allocates_otherwise(old, new):
        return
    before, after = Sums(old), Sums(new)
    found: dict[tuple[int, str], list[tuple[_Sited, _Sited]]] = {}
    pairs = [pair for name in names for pair in zip(old.calls_of(name), new.calls_of(name), strict=True)]
    for was, now in sorted(pairs, key=lambda pair: pair[1][1].start):
        takes = tables[now[1].name]
        ranges = _range(before, takes, *was), _range(after, takes, *now)
        if ranges[0] is None or ranges[1] is None or any(before.writes(word, was[0]) != after.writes(word, now[0])
                                                         for word in ranges[0].words | ranges[1].words):
            continue
        how = _difference(ranges[0], ranges[1])
        if how:
            found.setdefault((_made(old, new, now)[0].line, how), []).append((was, now))
    for (_, how), those in sorted(found.items()):
        yield _hit(old, new, those, how)


def speaks_of_ends(text: str) -> bool:
    """Return whether a message is about where a range ends, or how long it is."""
    return _OF_ENDS.search(text) is not None


def _difference(was: _Range, now: _Range) -> str:
    """Return how many pages or bytes a range has fewer or more than before, empty where that is not known or nothing.
    Of two plain numbers the call itself tells."""
    more = minus(now.length, was.length)
    if was.start != now.start or len(more) != 1 or {*was.length, *now.length} == {()} or not now.length:
        return ""
    [(product, times)] = more.items()
    what = "page" if product == PAGE and now.unit == "bytes" else now.unit.removesuffix("s") if product == () else ""
    many = f"{abs(times)} {what}{'s' if abs(times) != 1 else ''}"
    return f"{many} {'fewer' if times < 0 else 'more'}" if what else ""


def _range(sums: Sums, takes: tuple[str, ...], number: int, call: Expr) -> _Range | None:
    """Return where the range of a call begins, how long it is, and what that counts; None where it cannot be told."""
    given = {unit: part for unit, part in zip(takes, call.parts[1:], strict=False) if unit}
    begin = next((given[unit] for unit in takes if unit in _BEGINS and unit in given), None)
    unit = next((unit for unit in takes if unit in _LENGTHS and unit in given), "")
    if begin is None or not unit:
        return None
    start, length = sums.of(begin, number), sums.of(given[unit], number)
    if start is None or length is None:
        return None
    return _Range(start, minus(length, start), "bytes") if unit == "end" else _Range(start, length, unit)


def _allocates_otherwise(old: Outline, new: Outline) -> bool:
    """Return whether the function gets other memory than before: then another size is meant."""
    got = [sorted(outline.text(call) for step in outline.steps for call in calls_in(step.expr)
                  if any(word in call.name for word in known_contexts().allocates)) for outline in (old, new)]
    return got[0] != got[1]


def _made(old: Outline, new: Outline, now: _Sited) -> tuple[Step, Step | None]:
    """Return the last statement of the patch that makes what a call is given, the call's own if there is none, and the
    last one in front of it, if any, that the patch has taken away."""
    kept = {old.said(one) for one in old.steps}, {new.said(one) for one in new.steps}
    words = set(_NAME.findall(new.text(now[1])))
    made = [one for one in new.steps[:now[0] + 1] if new.said(one) not in kept[0] and (
        one is new.steps[now[0]] or one.name in words or (
            one.expr is not None and one.expr.kind == "assign" and one.expr.parts[0].name in words))]
    gone = [one for one in old.steps if old.said(one) not in kept[1] and one.expr is not None]
    place = made[-1] if made else new.steps[now[0]]
    alike = [one for one in gone if _target(one) == _target(place)]
    return place, next(reversed(alike or gone), None)


def _target(step: Step) -> str:
    """Return what a step sets or calls: by that it is the same step with another value."""
    expr = step.expr
    return step.name or ("" if expr is None else expr.parts[0].name if expr.kind == "assign" else expr.name)


def _hit(old: Outline, new: Outline, those: list[tuple[_Sited, _Sited]], how: str) -> Hit:
    was, now = those[0]
    place, gone = _made(old, new, now)
    line = place.line if place is not new.steps[now[0]] else new.line_of(now[1])
    gone = gone or old.steps[was[0]]
    names = dict.fromkeys(one[1].name for _, one in those)
    return Hit(shape="fewer-pages" if how.endswith("fewer") else "more-pages", line=line, end_line=new.last_line(place),
               symbol=now[1].name, object=f"{new.text(now[1])} {how}",
               fields=(("callee", now[1].name), ("how", how), ("now", new.said(place).rstrip(";")),
                       ("statement", new.text(now[1])), ("use", " and ".join(f"{name}()" for name in names)),
                       ("was", old.said(gone).rstrip(";"))),
               old=((gone.line, old.said(gone)),),
               new=tuple(dict.fromkeys(((place.line, new.said(place)), *((new.line_of(one[1]), new.text(one[1]))
                                                                         for _, one in those[:4])))),
               rests_on=frozenset(names))

"""Ranges of memory that calls change: by which names they go, and what on a way gives these another value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal
from weakref import WeakKeyDictionary

from reviewbot.cfacts import CallSite, FunctionFlow, Route
from reviewbot.cfacts.family import ApiFunction
from reviewbot.checks.lists import own_list
from reviewbot.patterns import regex
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["NAME", "PLACE", "Before", "Kind", "Range", "assigned_names", "by_one_name", "is_disturbed",
           "may_be_disturbed", "range_of", "size_of", "until", "written_names"]

Kind = Literal["again", "back", "tied", "paged", "area"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """An earlier call that settles what a later one can meet.

    `again`: it has succeeded on the same range on every path; `back`: the later call gives back what it has changed;
    `tied`: it stands before on every path, and nobody has asked whether it succeeded; `paged`: it has given memory
    that is mapped in single pages, or takes it back (`callee` is no function of the family then); `area`: the memory
    is that of a `struct vm_struct`, mapped in single pages where the architecture has no huge ones for vmalloc.
    `restores`: the later call gives memory that is mapped in single pages, and that the allocator gave out as most
    memory is, the state it had then. `offset`: the later call is given what lies somewhere in that memory, and not its
    start. `empty`: the memory is known by the structure that describes it alone, and nothing shows that there is any.
    """

    kind: Kind
    callee: str
    line: int
    function: str
    restores: bool = False
    offset: bool = False
    empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A part of an object: `memory` is one of its `names`."""

    memory: str
    size: str
    last: str
    names: frozenset[str] = frozenset()


def range_of(flow: FunctionFlow, site: CallSite, known: ApiFunction) -> Range | None:
    number = known.address_argument
    if number is None or number >= len(site.arguments):
        return None
    return Range(memory=flow.object_in(site.arguments[number]), size=size_of(site.arguments, known),
                  last=site.arguments[-1], names=flow.names_of(site, number))


def by_one_name(here: Range, there: Range) -> tuple[Range, Range]:
    """Return two ranges with the same name for the memory where it is the same object written otherwise."""
    both = here.names & there.names
    if here.memory == there.memory or not both:
        return here, there
    name = here.memory if here.memory in both else there.memory if there.memory in both else min(both)
    return replace(here, memory=name), replace(there, memory=name)


def size_of(arguments: tuple[str, ...], known: ApiFunction) -> str:
    """Return the size in one spelling, `1` for functions of single pages."""
    number = known.count_argument
    text = arguments[number] if number is not None and number < len(arguments) else "1"
    return re.sub(r"^\((?:unsigned |signed )?(?:int|long|size_t)\)", "", squash(text)).strip()


def until(route: Route, site: CallSite) -> Route | None:
    """Return the part of a path that lies before the site, None when it does not get there."""
    for number, statement in enumerate(route.statements):
        if site in statement.calls:
            return Route(statements=route.statements[:number], ends=route.ends)
    return None


def is_disturbed(flow: FunctionFlow, route: Route, here: Range) -> bool:
    """Return whether something on the way frees the memory, or gives a name of the range another value."""
    places = _places(here.memory) | _places(here.size)
    frees = own_list("frees")
    for statement in route.statements:
        if any(place in places for place in _written(statement.text)):
            return True
        for call in statement.calls:
            number = frees.get(call.callee)
            if number is not None and number < len(call.arguments) \
                    and flow.is_given(call, here.names, number):
                return True
    return False


_known_writes: WeakKeyDictionary[FunctionFlow, frozenset[str]] = WeakKeyDictionary()


def may_be_disturbed(flow: FunctionFlow, here: Range) -> bool:
    """Return whether anything in the whole function frees memory, or gives a name of the range another value."""
    if flow not in _known_writes:
        _known_writes[flow] = frozenset(place for text in flow.texts() for place in _written(text))
    places = _places(here.memory) | _places(here.size)
    return not places.isdisjoint(_known_writes[flow]) or bool(flow.calls(*own_list("frees")))


def _places(text: str) -> frozenset[str]:
    """Return what a text depends on: `demo`, `demo->part`, `demo->part[i]` and `i` for the last of them."""
    found = set(NAME.findall(text))
    for hit in PLACE.finditer(text):
        found |= {hit[0][:end.start()] for end in re.finditer(r"->|\.|\[|$", hit[0])}
    return frozenset(found)


def written_names(text: str) -> Iterator[str]:
    """Yield the variables that a statement gives a value, in whole or in part."""
    for place in _written(text):
        yield from NAME.findall(place)[:1]


def _written(text: str) -> Iterator[str]:
    """Yield the places that a statement gives a value, as C spells them."""
    for hit in _WRITTEN.finditer(text):
        if not _THROUGH.search(text, 0, hit.start()):
            yield hit[1] or hit[2]


def assigned_names(flow: FunctionFlow, name: str) -> int:
    """Return how often the function gives a variable a value after its declaration."""
    return sum(name == found for text in flow.texts() for found in written_names(text))


NAME = regex(r"[A-Za-z_]\w*")
PLACE = regex(r"(?<![>.\w])[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^\]]*\])*")
_WRITTEN = regex(rf"({PLACE.pattern})\s*(?:=(?!=)|[-+*/|&^]=|<<=|>>=|\+\+|--)|(?:\+\+|--)\s*({PLACE.pattern})")
_THROUGH = regex(r"(?:^|[^\w\s)*])\s*\*[\s*]*$")
"""What stands in front of a pointer that is written through: `*demo = 0`, and not `char *demo = NULL`."""

"""Calls of one function that are one event: a pair that does and undoes, two that are one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewbot.review.page.events import Event, joined
from reviewbot.review.page.reader import Reader
from reviewbot.text import quote_names

__all__ = ["gives_back", "own_helper", "paired"]

_DONE = ("new", "case")
"""Kinds of event that tell what is done: there the undo belongs to it. Where a call is gone the undo may be all."""

_NEW = "the new "
_VERBS = frozenset({"makes", "takes", "execute", "permission", "from", "maps", "unmaps", "again"})


def own_helper(reader: Reader, event: Event) -> str:
    """Return the new helper that gives back what it is given, where an event is about it and told of its caller."""
    name = event.gist.removeprefix(_NEW).partition("()")[0] if event.gist.startswith(_NEW) else ""
    return "" if name in event.functions or not gives_back(reader, event) else name


def gives_back(reader: Reader, event: Event) -> bool:
    """Return whether all that is done anew is to give memory the state back that most memory has."""
    family = reader.analysis.family
    return event.kind == "new" and all((known := family.get(name)) is not None and known.restores
                                       for name in event.symbols)


def _undoes(reader: Reader, event: Event, other: Event) -> bool:
    """Return whether an event's call gives memory the state back that the other's takes from it."""
    family = reader.analysis.family
    return any((undo := family.get(name)) is not None and undo.restores and (does := family.get(taken)) is not None
               and not does.restores and name in does.undone_by for name in event.symbols for taken in other.symbols)


def _is_taken_back(reader: Reader, before: Event, event: Event) -> bool:
    """Return whether an event's call does again what one before it on the same memory has undone."""
    return (event.kind == "new" == before.kind and before.line < event.line and bool(event.address)
            and event.address == before.address and _undoes(reader, before, event))


def _in_turn(before: Event, event: Event) -> str:
    """Return what is undone and done again as one sentence, empty where that is none: `f() now makes page writable, and
    then read-only`."""
    start = event.gist[:event.gist.index("()") + 3] if event.gist.startswith(_NEW) else f"{event.functions[0]}() now "
    if not (event.gist.startswith(start) and before.gist.startswith(start)):
        return ""
    thing = min(event.objects) if len(event.objects) == 1 else ""
    second = event.gist.removeprefix(start)
    return f"{before.gist}, and then {second.removeprefix(f'makes {thing} ') if thing else second}"


def _both(one: Event, other: Event) -> str:
    """Return what two new calls do to one object in one sentence, empty where that is no sentence: `f() now makes page
    read-only and takes execute permission from it`."""
    told_apart = one.reason and other.reason and one.reason != other.reason
    if one.kind != "new" or one.objects != other.objects or told_apart or len(one.objects) != 1 \
            or not one.address or one.address != other.address:
        return ""
    thing, start = min(one.objects), f"{one.functions[0]}() now "
    if one.gist.startswith("the new "):
        start = one.gist[:one.gist.index("()") + 3]
        thing = _thing_of(one.gist, other.gist, start) or thing
    does, through, helper = one.gist.partition(" through ")
    again, _, same = other.gist.partition(" through ")
    if does == again or helper != same or not (does.startswith(start) and again.startswith(start)):
        return ""
    second = f" {again.removeprefix(start)} ".replace(f" {thing} ", " it ").strip()
    if does.removeprefix(start).startswith("makes "):
        second = second.removeprefix("makes it ")
    return f"{does} and {second}{through}{helper}"


def _thing_of(one: str, other: str, start: str) -> str:
    """Return the name that both sentences have behind their start, empty when there is none."""
    mine, theirs = (set(text.removeprefix(start).split()) - _VERBS for text in (one, other))
    return min(mine & theirs) if len(mine & theirs) == 1 else ""


def _at_once(reader: Reader, group: Sequence[Event]) -> Event | None:
    """Return the event whose call gives back what the first one takes, in the same helper and under the same tests;
    None where there is none: an undo behind a failure is asked for."""
    first = group[0]
    return next((other for other in group[1:] if first.kind in _DONE and first.through
                 and (other.through, other.only) == (first.through, first.only) and first.only is not None
                 and " through " in first.gist and _undoes(reader, other, first)), None)


def _and_back(event: Event, undo: Event) -> str:
    """Return both as one sentence: `f() now unmaps memory and maps it again through vfree()`."""
    does, through, helper = event.gist.partition(" through ")
    thing = min(event.objects)
    back = undo.gist.partition(" through ")[0].partition("() ")[2].removeprefix("now ").replace(f" {thing}", " it", 1)
    again = "" if not back or back.endswith(" again") else " again"
    return f"{does} and {back}{again}{through}{helper}" if back else event.gist


def paired(reader: Reader, events: Sequence[Event]) -> Event:
    """Return the gravest of the events of one function with the rest under it: what is done before what undoes it.
    Definitions that change alike are named together, and two calls on one memory are one sentence."""
    undoes = [event.kind in _DONE and any(_undoes(reader, event, other) for other in events) for event in events]
    group = [event for _, event in sorted(zip(undoes, events, strict=True),
                                          key=lambda pair: (pair[0], pair[1].rank, pair[1].line))]
    first = joined(group[0], tuple(group[1:]))
    before = next((other for other in group[1:] if _is_taken_back(reader, other, group[0])), None)
    if before is not None and (turn := _in_turn(before, group[0])):
        return replace(first, gist=turn, line=before.line)
    if (after := _at_once(reader, group)) is not None:
        return replace(first, gist=_and_back(group[0], after))
    if len(group) == 2 and not any(undoes) and (both := _both(*group)):
        return replace(first, gist=both, reason=group[0].reason or group[1].reason)
    if first.kind != "definition" or len(group) == 1:
        return first
    known = [reader.analysis.family.get(name) for name in first.functions]
    takes_back = frozenset().union(*(one.undone_by for one in known if one is not None))
    reason = first.reason
    if not takes_back.isdisjoint(first.functions):  # neither works: nothing is done any more that could be left behind
        reason = max((event for event in group if event.reason), key=lambda event: event.rank, default=first).reason
    names = quote_names([f"{name}()" for name in first.functions], most=3)
    plural = {"no longer does anything": "no longer do anything", "works there now": "work there now"}
    tail = next((many for one, many in plural.items() if group[0].gist.endswith(one)), "")
    return replace(first, gist=f"{names} {tail}", reason=reason.replace("it did", "they did")) if tail else first

"""What has happened to a range before a call: whether an earlier change of the same range surely lies behind it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from weakref import WeakKeyDictionary

from reviewbot.cfacts import CallSite, Family, FunctionFlow, Route
from reviewbot.cfacts.family import ApiFunction
from reviewbot.cfacts.types import FileFacts
from reviewbot.checks.in_pages import of_its_memory
from reviewbot.checks.lists import own_list
from reviewbot.checks.ranges import (
    NAME,
    Before,
    Kind,
    Range,
    by_one_name,
    is_disturbed,
    may_be_disturbed,
    range_of,
    size_of,
    until,
    written_names,
)
from reviewbot.logic import FALSE, TRUE, And, Ternary
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["history"]

_MOST_NEAR = 24  # calls that one call is compared with


def history(flow: FunctionFlow, site: CallSite, family: Family, facts: FileFacts | None, *, data: bytes = b"",
            known: tuple[tuple[int, int], ...] = ()) -> tuple[Before, ...]:
    """Return what lies behind a call of the family; `facts` are those of its file, None to ask the function alone.

    `data` is the file, for the helpers in it that give memory, and `known` its known lines where these are not all.
    """
    own = family.get(site.callee)
    here = range_of(flow, site, own) if own else None
    if own is None or here is None or own.family in {"query", "workers"}:
        return ()
    found = [*_in_function(flow, site, own, here, family)]
    if not any(one.kind in {"again", "back"} for one in found):
        found += _in_other_arm(flow, site, own, here, family, facts)
        found += _elsewhere(flow, site, own, family, facts)
    foreign = {name for name, other in own_list("mapped_in_pages").items() if other}
    back = own.restores and own.name not in own.undone_by
    paged = [replace(one, restores=back and one.callee not in foreign)
             for one in of_its_memory(flow, site, own, here, facts, data, known)]
    return (*found, *paged)


# In the same function

def _in_function(flow: FunctionFlow, site: CallSite, known: ApiFunction, here: Range, family: Family
                 ) -> Iterator[Before]:
    own = here
    for earlier, other, found in _nearest(flow, site, own, family):
        here, there = by_one_name(own, found)
        kind: Kind | None = None
        if (there.memory, there.size) == (here.memory, here.size):
            kind = _straight(flow, site, earlier, here)
        if kind is None and _undoes(known, here, other, there) and _walks_back(flow, site, earlier, here, there):
            kind = "back"
        if kind is not None:
            yield Before(kind=kind, callee=earlier.callee, line=earlier.line, function=flow.name)


def _nearest(flow: FunctionFlow, site: CallSite, here: Range, family: Family) -> list[_Change]:
    """Return the other calls of the family that may change the same memory, the nearest of them in source order."""
    changes = _changing(flow, family)
    numbers = range(len(changes.calls))
    near = set(numbers) if len(numbers) <= _MOST_NEAR else {
        *changes.around(numbers, site), *(number for name in here.names
                                          for number in changes.around(changes.by_name.get(name, ()), site))}
    found = [changes.calls[number] for number in sorted(near) if changes.calls[number][0] != site]
    if len(found) > _MOST_NEAR:
        found = sorted(found, key=lambda one: (one[2].names.isdisjoint(here.names), abs(one[0].line - site.line),
                                               one[0].column))[:_MOST_NEAR]
    return sorted(found, key=lambda one: (one[0].line, one[0].column))


_Change = tuple[CallSite, ApiFunction, Range]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    """The calls of a function that change memory by a range of it, in source order, and their numbers by its names."""

    calls: list[_Change]
    places: list[tuple[int, int]]
    by_name: dict[str, list[int]]

    def around(self, numbers: Sequence[int], site: CallSite) -> Sequence[int]:
        """Return those of the numbers whose calls stand next to the site, on either side of it."""
        at = bisect_left(numbers, (site.line, site.column), key=self.places.__getitem__)
        return numbers[max(0, at - _MOST_NEAR):at + _MOST_NEAR + 1]


_known_calls: WeakKeyDictionary[FunctionFlow, tuple[Family, _Changes]] = WeakKeyDictionary()


def _changing(flow: FunctionFlow, family: Family) -> _Changes:
    """Return the calls of the function that change memory by a range of it; asked anew for each of them."""
    kept = _known_calls.get(flow)
    if kept is not None and kept[0] is family:
        return kept[1]
    found: list[_Change] = []
    by_name: dict[str, list[int]] = {}
    for other in flow.calls(*sorted(family.names())):
        known = family.get(other.callee)
        if known is not None and known.returns == "int" and known.family not in {"query", "workers"}:
            there = range_of(flow, other, known)
            if there is not None:
                for name in there.names:
                    by_name.setdefault(name, []).append(len(found))
                found.append((other, known, there))
    changes = _Changes(calls=found, places=[(one[0].line, one[0].column) for one in found], by_name=by_name)
    _known_calls[flow] = family, changes
    return changes


def _straight(flow: FunctionFlow, site: CallSite, earlier: CallSite, here: Range) -> Kind | None:
    """Return `again` when a success of the earlier call lies behind on every path, `tied` when the call itself does."""
    if flow.has_succeeded(site, past=earlier) is Ternary.YES:
        kind: Kind = "again"
    elif flow.is_behind(site, past=earlier) is Ternary.YES and all(one == other for one, other in zip_longest(
            flow.each_path_after(earlier, "failure"), flow.each_path_after(earlier, "success"))):
        kind = "tied"  # where its failure is looked at, the call may be the one that takes back a part of the range
    else:
        return None
    if not may_be_disturbed(flow, here):
        return kind
    between = [until(route, site) for route in flow.paths_after(earlier, "success" if kind == "again" else "any")]
    if any(is_disturbed(flow, steps, here) for steps in between if steps is not None):
        return None
    return kind


def _undoes(known: ApiFunction, here: Range, other: ApiFunction, there: Range) -> bool:
    if known.name not in other.undone_by:
        return False
    return known.name != other.name or here.last != there.last


def _walks_back(flow: FunctionFlow, site: CallSite, earlier: CallSite, here: Range, there: Range) -> bool:
    """Return whether the call gives back the pieces that a loop has changed before it failed, and only these.

    After the failure of `earlier` every path to the call first steps back from the piece that failed (`while (i--)`,
    `pages[i - 1]`), or counts another variable up to it (`for (j = 0; j < i; j++)`); the size of a piece is the same.
    """
    if here.size != there.size:
        return False
    routes = [part for route in flow.paths_after(earlier, "failure") if (part := until(route, site)) is not None]
    if not routes or any(route.statements == () for route in routes):
        return False
    if here.memory == there.memory:
        counters = set(NAME.findall(here.memory))
        if _counted_up(flow, earlier, routes, counters):
            return True
        return all(any(_steps_back(statement.text, statement.branch, counters) for statement in route.statements)
                   for route in routes)
    if re.sub(r"(\w+) - 1\b", r"\1", here.memory) == there.memory:
        return not any(name in NAME.findall(there.memory) for route in routes for statement in route.statements
                       for name in written_names(statement.text) if not statement.text.startswith("for"))
    pair = _one_name_apart(here.memory, there.memory)
    return pair is not None and all(any(
        statement.branch == "true" and re.search(rf"\b{pair[0]} < {pair[1]}\b", statement.text)
        for statement in route.statements) for route in routes)


def _counted_up(flow: FunctionFlow, earlier: CallSite, routes: list[Route], counters: set[str]) -> bool:
    """Return whether every path starts the counter anew and stops it at a number that only a success has raised."""
    raised = {name for route in flow.paths_after(earlier, "success")
              for statement in (until(route, earlier) or Route(statements=(), ends="loop")).statements
              for name in written_names(statement.text)} - counters
    raised -= {name for step in flow.before(earlier) for hit in _RAISED.finditer(step.text)
               for name in hit.groups() if name}
    raised -= {name for route in routes for statement in route.statements for name in written_names(statement.text)}
    return all(any(statement.branch == "true" and any(
        re.search(rf"\b{re.escape(counter)} < {re.escape(name)}\b", statement.text)
        and any(re.match(rf"{re.escape(counter)} = 0\b", step.text) for step in route.statements)
        for counter in counters for name in raised) for statement in route.statements) for route in routes)


def _one_name_apart(left: str, right: str) -> tuple[str, str] | None:
    """Return the one name in which two texts differ: (`j`, `i`) for `pages[j]` and `pages[i]`."""
    parts, others = _WORDS.findall(left), _WORDS.findall(right)
    if len(parts) != len(others):
        return None
    pairs = {(one, other) for one, other in zip(parts, others, strict=True) if one != other}
    pair = pairs.pop() if len(pairs) == 1 else None
    return pair if pair and NAME.fullmatch(pair[0]) and NAME.fullmatch(pair[1]) else None


def _steps_back(text: str, branch: str, counters: set[str]) -> bool:
    if text.startswith("for (") and branch:
        return False  # the test of a for loop runs before its step
    return any((hit[1] or hit[2]) in counters for hit in _BACKWARDS.finditer(text))


_WORDS = regex(r"\w+|\S")
_RAISED = regex(r"\b([A-Za-z_]\w*)(?=\s*(?:\+\+|\+=))|(?<=\+\+)([A-Za-z_]\w*)")
_BACKWARDS = regex(r"\b([A-Za-z_]\w*)\s*(?:--|-=)|--\s*([A-Za-z_]\w*)")


def _in_other_arm(flow: FunctionFlow, site: CallSite, known: ApiFunction, own: Range, family: Family,
                  facts: FileFacts | None) -> Iterator[Before]:
    """Yield the change of the same range that the function makes where it does not make this one, which gives it back:
    `if (protect) ... else ...`. What its caller names may be another range each time."""
    head = next((one for one in facts.functions if one.name == flow.name), None) if facts is not None else None
    asked = And(*(guard.condition for guard in flow.guards(site)))
    if head is None or asked in {TRUE, FALSE} or not _gives_back(site, known):
        return
    given = {word for text in head.parameters for word in NAME.findall(text)[-1:]}
    for other, function, found in _nearest(flow, site, own, family):
        here, there = by_one_name(own, found)
        theirs = And(*(guard.condition for guard in flow.guards(other)))
        if _undoes(known, here, function, there) and (there.memory, there.size) == (here.memory, here.size) \
                and And(asked, theirs) == FALSE != theirs and given.isdisjoint(
                    NAME.findall(f"{here.memory} {here.size}")):
            yield Before(kind="back", callee=other.callee, line=other.line, function=flow.name)
            return


# In the other functions of the file

def _elsewhere(flow: FunctionFlow, site: CallSite, known: ApiFunction, family: Family, facts: FileFacts | None
               ) -> Iterator[Before]:
    """Yield the change in another function of the file that the call gives back: one page, or the same constant.

    Not when anything in the file changes more than that: then the page may still lie in the middle of a larger leaf.
    The pages of an array are changed one by one, however many there are, and so lie in no larger leaf.
    """
    size = "1" if known.address == "array" else size_of(site.arguments, known)
    if facts is None or not _gives_back(site, known):
        return
    changes = [(call, other) for call in facts.calls if call.use != "in-macro" and call.function
               and (other := family.get(call.callee)) is not None and known.name in other.undone_by
               and (other.name != known.name or call.arguments[-1:] != (site.arguments[-1],))]
    alike = bool(size.isdigit() or _CONSTANT.fullmatch(size))
    if any(other.address != "array" and not (alike and size_of(call.arguments, other) == size)
           for call, other in changes):
        return
    outside = [call for call, _ in changes if call.function != flow.name]
    if outside and len(outside) == len(changes):
        yield Before(kind="back", callee=outside[0].callee, line=outside[0].span.line, function=outside[0].function)


def _gives_back(site: CallSite, known: ApiFunction) -> bool:
    """Return whether the call is one that makes memory again what it was; one function may do both."""
    return known.restores and (known.name not in known.undone_by or site.arguments[-1] in {"true", "1"})


_CONSTANT = regex(r"[A-Z][A-Z0-9_]*")


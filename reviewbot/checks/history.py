"""What has happened to a range before a call: whether an earlier change of the same range surely lies behind it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from typing import Literal
from weakref import WeakKeyDictionary

from reviewbot.cfacts import CallSite, Family, FunctionFlow, Route, functions_of
from reviewbot.cfacts.family import ApiFunction
from reviewbot.cfacts.types import FileFacts
from reviewbot.checks.lists import own_list
from reviewbot.checks.origins import origins_of
from reviewbot.checks.stored import maker_of
from reviewbot.logic import FALSE, TRUE, And, Ternary
from reviewbot.patterns import regex
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["Before", "Kind", "assigned_names", "history", "size_of", "written_names"]

Kind = Literal["again", "back", "tied", "paged", "area"]


_MOST_NEAR = 24  # calls that one call is compared with
_MOST_PATHS = 64  # where a function has so many, others may not have been followed


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
class _Range:
    """A part of an object: `memory` is one of its `names`."""

    memory: str
    size: str
    last: str
    names: frozenset[str] = frozenset()


def history(flow: FunctionFlow, site: CallSite, family: Family, facts: FileFacts | None, *, data: bytes = b"",
            known: tuple[tuple[int, int], ...] = ()) -> tuple[Before, ...]:
    """Return what lies behind a call of the family; `facts` are those of its file, None to ask the function alone.

    `data` is the file, for the helpers in it that give memory, and `known` its known lines where these are not all.
    """
    own = family.get(site.callee)
    here = _range(flow, site, own) if own else None
    if own is None or here is None or own.family in {"query", "workers"}:
        return ()
    found = [*_in_function(flow, site, own, here, family)]
    if not any(one.kind in {"again", "back"} for one in found):
        found += _in_other_arm(flow, site, own, here, family, facts)
        found += _elsewhere(flow, site, own, family, facts)
    foreign = {name for name, other in own_list("mapped_in_pages").items() if other}
    back = own.restores and own.name not in own.undone_by
    paged = [replace(one, restores=back and one.callee not in foreign)
             for one in _of_its_memory(flow, site, own, here, facts, data, known)]
    return (*found, *paged)


def _range(flow: FunctionFlow, site: CallSite, known: ApiFunction) -> _Range | None:
    number = known.address_argument
    if number is None or number >= len(site.arguments):
        return None
    return _Range(memory=flow.object_in(site.arguments[number]), size=size_of(site.arguments, known),
                  last=site.arguments[-1], names=flow.names_of(site, number))


def _by_one_name(here: _Range, there: _Range) -> tuple[_Range, _Range]:
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


# In the same function

def _in_function(flow: FunctionFlow, site: CallSite, known: ApiFunction, here: _Range, family: Family
                 ) -> Iterator[Before]:
    own = here
    for earlier, other, found in _nearest(flow, site, own, family):
        here, there = _by_one_name(own, found)
        kind: Kind | None = None
        if (there.memory, there.size) == (here.memory, here.size):
            kind = _straight(flow, site, earlier, here)
        if kind is None and _undoes(known, here, other, there) and _walks_back(flow, site, earlier, here, there):
            kind = "back"
        if kind is not None:
            yield Before(kind=kind, callee=earlier.callee, line=earlier.line, function=flow.name)


def _nearest(flow: FunctionFlow, site: CallSite, here: _Range, family: Family) -> list[_Change]:
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


_Change = tuple[CallSite, ApiFunction, _Range]


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
            there = _range(flow, other, known)
            if there is not None:
                for name in there.names:
                    by_name.setdefault(name, []).append(len(found))
                found.append((other, known, there))
    changes = _Changes(calls=found, places=[(one[0].line, one[0].column) for one in found], by_name=by_name)
    _known_calls[flow] = family, changes
    return changes


def _straight(flow: FunctionFlow, site: CallSite, earlier: CallSite, here: _Range) -> Kind | None:
    """Return `again` when a success of the earlier call lies behind on every path, `tied` when the call itself does."""
    if flow.has_succeeded(site, past=earlier) is Ternary.YES:
        kind: Kind = "again"
    elif flow.is_behind(site, past=earlier) is Ternary.YES and all(one == other for one, other in zip_longest(
            flow.each_path_after(earlier, "failure"), flow.each_path_after(earlier, "success"))):
        kind = "tied"  # where its failure is looked at, the call may be the one that takes back a part of the range
    else:
        return None
    if not _may_be_disturbed(flow, here):
        return kind
    between = [_until(route, site) for route in flow.paths_after(earlier, "success" if kind == "again" else "any")]
    if any(_disturbed(flow, steps, here) for steps in between if steps is not None):
        return None
    return kind


def _until(route: Route, site: CallSite) -> Route | None:
    """Return the part of a path that lies before the site, None when it does not get there."""
    for number, statement in enumerate(route.statements):
        if site in statement.calls:
            return Route(statements=route.statements[:number], ends=route.ends)
    return None


def _disturbed(flow: FunctionFlow, route: Route, here: _Range) -> bool:
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


def _may_be_disturbed(flow: FunctionFlow, here: _Range) -> bool:
    """Return whether anything in the whole function frees memory, or gives a name of the range another value."""
    if flow not in _known_writes:
        _known_writes[flow] = frozenset(place for text in flow.texts() for place in _written(text))
    places = _places(here.memory) | _places(here.size)
    return not places.isdisjoint(_known_writes[flow]) or bool(flow.calls(*own_list("frees")))


def _places(text: str) -> frozenset[str]:
    """Return what a text depends on: `demo`, `demo->part`, `demo->part[i]` and `i` for the last of them."""
    found = set(_NAME.findall(text))
    for hit in _PLACE.finditer(text):
        found |= {hit[0][:end.start()] for end in re.finditer(r"->|\.|\[|$", hit[0])}
    return frozenset(found)


def _undoes(known: ApiFunction, here: _Range, other: ApiFunction, there: _Range) -> bool:
    if known.name not in other.undone_by:
        return False
    return known.name != other.name or here.last != there.last


def _walks_back(flow: FunctionFlow, site: CallSite, earlier: CallSite, here: _Range, there: _Range) -> bool:
    """Return whether the call gives back the pieces that a loop has changed before it failed, and only these.

    After the failure of `earlier` every path to the call first steps back from the piece that failed (`while (i--)`,
    `pages[i - 1]`), or counts another variable up to it (`for (j = 0; j < i; j++)`); the size of a piece is the same.
    """
    if here.size != there.size:
        return False
    routes = [part for route in flow.paths_after(earlier, "failure") if (part := _until(route, site)) is not None]
    if not routes or any(route.statements == () for route in routes):
        return False
    if here.memory == there.memory:
        counters = set(_NAME.findall(here.memory))
        if _counted_up(flow, earlier, routes, counters):
            return True
        return all(any(_steps_back(statement.text, statement.branch, counters) for statement in route.statements)
                   for route in routes)
    if re.sub(r"(\w+) - 1\b", r"\1", here.memory) == there.memory:
        return not any(name in _NAME.findall(there.memory) for route in routes for statement in route.statements
                       for name in written_names(statement.text) if not statement.text.startswith("for"))
    pair = _one_name_apart(here.memory, there.memory)
    return pair is not None and all(any(
        statement.branch == "true" and re.search(rf"\b{pair[0]} < {pair[1]}\b", statement.text)
        for statement in route.statements) for route in routes)


def _counted_up(flow: FunctionFlow, earlier: CallSite, routes: list[Route], counters: set[str]) -> bool:
    """Return whether every path starts the counter anew and stops it at a number that only a success has raised."""
    raised = {name for route in flow.paths_after(earlier, "success")
              for statement in (_until(route, earlier) or Route(statements=(), ends="loop")).statements
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
    return pair if pair and _NAME.fullmatch(pair[0]) and _NAME.fullmatch(pair[1]) else None


def _steps_back(text: str, branch: str, counters: set[str]) -> bool:
    if text.startswith("for (") and branch:
        return False  # the test of a for loop runs before its step
    return any((hit[1] or hit[2]) in counters for hit in _BACKWARDS.finditer(text))


def written_names(text: str) -> Iterator[str]:
    """Yield the variables that a statement gives a value, in whole or in part."""
    for place in _written(text):
        yield from _NAME.findall(place)[:1]


def _written(text: str) -> Iterator[str]:
    """Yield the places that a statement gives a value, as C spells them."""
    for hit in _WRITTEN.finditer(text):
        if not _THROUGH.search(text, 0, hit.start()):
            yield hit[1] or hit[2]


_NAME = regex(r"[A-Za-z_]\w*")
_WORDS = regex(r"\w+|\S")
_PLACE = regex(r"(?<![>.\w])[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^\]]*\])*")
_WRITTEN = regex(rf"({_PLACE.pattern})\s*(?:=(?!=)|[-+*/|&^]=|<<=|>>=|\+\+|--)|(?:\+\+|--)\s*({_PLACE.pattern})")
_THROUGH = regex(r"(?:^|[^\w\s)*])\s*\*[\s*]*$")
"""What stands in front of a pointer that is written through: `*demo = 0`, and not `char *demo = NULL`."""

_RAISED = regex(r"\b([A-Za-z_]\w*)(?=\s*(?:\+\+|\+=))|(?<=\+\+)([A-Za-z_]\w*)")
_BACKWARDS = regex(r"\b([A-Za-z_]\w*)\s*(?:--|-=)|--\s*([A-Za-z_]\w*)")


def assigned_names(flow: FunctionFlow, name: str) -> int:
    """Return how often the function gives a variable a value after its declaration."""
    return sum(name == found for text in flow.texts() for found in written_names(text))


def _in_other_arm(flow: FunctionFlow, site: CallSite, known: ApiFunction, own: _Range, family: Family,
                  facts: FileFacts | None) -> Iterator[Before]:
    """Yield the change of the same range that the function makes where it does not make this one, which gives it back:
    `if (protect) ... else ...`. What its caller names may be another range each time."""
    head = next((one for one in facts.functions if one.name == flow.name), None) if facts is not None else None
    asked = And(*(guard.condition for guard in flow.guards(site)))
    if head is None or asked in {TRUE, FALSE} or not _gives_back(site, known):
        return
    given = {word for text in head.parameters for word in _NAME.findall(text)[-1:]}
    for other, function, found in _nearest(flow, site, own, family):
        here, there = _by_one_name(own, found)
        theirs = And(*(guard.condition for guard in flow.guards(other)))
        if _undoes(known, here, function, there) and (there.memory, there.size) == (here.memory, here.size) \
                and And(asked, theirs) == FALSE != theirs and given.isdisjoint(
                    _NAME.findall(f"{here.memory} {here.size}")):
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


# Memory that is mapped in pages

def _of_its_memory(flow: FunctionFlow, site: CallSite, own: ApiFunction, here: _Range, facts: FileFacts | None,
                   data: bytes, known: tuple[tuple[int, int], ...]) -> Iterator[Before]:
    """Yield what is known of the memory that the range is a part of, however far into it the range lies."""
    found = [*_paged(flow, site, here, facts, data, known), *_area(flow, site, here, facts)]
    yield from found
    for memory in () if found or own.address_argument is None else sorted(
            origins_of(flow, site, own.address_argument)):
        whole = replace(here, memory=memory, names=frozenset({memory}))
        yield from (replace(one, offset=True) for one in (*_paged(flow, site, whole, facts, data, known),
                                                          *_area(flow, site, whole, facts)))


def _paged(flow: FunctionFlow, site: CallSite, here: _Range, facts: FileFacts | None, data: bytes,
           known: tuple[tuple[int, int], ...]) -> Iterator[Before]:
    """Yield the call that has given the memory, when it always maps single pages and stands before on every path.

    A function of the file that returns a pointer and calls nothing else is one as well. So is the call that takes such
    memory back on every path afterwards: nothing else can be handed to it.
    """
    listed = own_list("mapped_in_pages")
    stored = "" if known else maker_of(
        data, flow.texts(), here.memory, [name for name, foreign in listed.items() if not foreign])
    if stored:
        yield Before(kind="paged", callee=stored, line=site.line, function=flow.name)
    typed = _typed(flow, here, facts)
    if typed:
        yield Before(kind="paged", callee=f"struct {typed}", line=site.line, function=flow.name,
                     empty=here.memory.endswith(_BASE) and not _is_asked_for(flow, site, here))
    taken = _taken_back(flow, site, here)
    if taken is not None:
        yield Before(kind="paged", callee=taken.callee, line=taken.line, function=flow.name)
    helpers = {name: callee for name, callee, first, last in _giving_pages(data)
               if not known or any(one <= first and last <= other for one, other in known)}
    for maker in flow.calls(*own_list("mapped_in_pages"), *helpers):
        if flow.is_behind(site, past=maker) is not Ternary.YES:
            continue
        routes = [route for route in flow.paths_after(maker) if route.statements]
        target = _TARGET.match(routes[0].statements[0].text) if routes else None
        if target is None or flow.object_in(target[1]) not in {here.memory, *here.names}:
            continue
        ways = [_until(Route(statements=route.statements[1:], ends=route.ends), site) for route in routes]
        there = [way for way in ways if way is not None]
        whole = replace(here, size="")  # how much of it is changed is all the same
        if there and not any(_disturbed(flow, way, whole) for way in there):
            callee = helpers.get(maker.callee, maker.callee)
            yield Before(kind="paged", callee=callee, line=maker.line, function=flow.name)


@lru_cache(maxsize=64)
def _giving_pages(data: bytes) -> tuple[tuple[str, str, int, int], ...]:
    """Return the functions of a file that do nothing but give such memory, with the call that they take it from and
    their first and last line."""
    listed = own_list("mapped_in_pages").keys()
    if not any(name.encode() in data for name in listed):
        return ()
    return tuple((one.name, one.calls_all[0], one.span.line, one.span.end_line) for one in functions_of(data)
                 if "*" in one.returns and one.calls_all and set(one.calls_all) <= listed)


def _typed(flow: FunctionFlow, here: _Range, facts: FileFacts | None) -> str:
    """Return the structure that the memory starts with, or whose member `base` holds its address, where that of one of
    that kind always lies in single pages."""
    pointed = here.memory.removesuffix(_BASE)
    if not pointed.isidentifier():
        return ""
    own = next((function for function in facts.functions if function.name == flow.name), None) if facts else None
    named = {name for name, pointer in _pointers((*(own.parameters if own else ()), *flow.texts()))
             if pointer == pointed}
    listed = own_list("types_in_pages" if pointed == here.memory else "bases_in_pages")
    return next((name for name in listed if name in named), "")


def _is_asked_for(flow: FunctionFlow, site: CallSite, here: _Range) -> bool:
    """Return whether the call is reached only where its address or its size is not 0, or its size is a number."""
    if _NUMBER.fullmatch(here.size):
        return True
    names = {here.memory, *here.names, here.size, *(hit[0] for hit in _PLACE.finditer(here.size))}
    return any(guard.condition.assume({atom: bool(hit[2])}) == FALSE
               for guard in flow.guards(site) for atom in guard.condition.variables()
               if (hit := _COMPARED.fullmatch(atom.strip("()"))) and hit[1] in names)


@lru_cache(maxsize=64)
def _pointers(texts: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Return the structures that pointers are declared to, with the pointers' names."""
    return frozenset(hit for text in texts if "struct" in text for hit in _POINTER.findall(text))


def _taken_back(flow: FunctionFlow, site: CallSite, here: _Range) -> CallSite | None:
    """Return the call that takes the memory back on every path behind the site, and takes none but such memory."""
    takes = own_list("frees_pages")
    routes = flow.paths_after(site) if flow.calls(*takes) else ()
    found = []
    for route in routes if len(routes) < _MOST_PATHS else ():
        taken = next((call for statement in route.statements for call in statement.calls
                      if call != site and call.callee in takes and takes[call.callee] < len(call.arguments)
                      and flow.is_given(call, here.names, takes[call.callee])), None)
        way = _until(route, taken) if taken else None
        # The names that the calls use hold the same memory only while they are given no other.
        if taken is None or way is None or any(_disturbed(flow, way, _Range(memory=memory, size="", last="")) for memory
                                               in (here.memory, " ".join((*site.arguments, *taken.arguments)))):
            return None
        found.append(taken)
    return found[0] if found else None


def _area(flow: FunctionFlow, site: CallSite, here: _Range, facts: FileFacts | None) -> Iterator[Before]:
    """Yield where the memory is plainly that of a vmalloc area: the address that a `struct vm_struct` holds."""
    found = _ADDRESS.fullmatch(here.memory)
    own = next((function for function in facts.functions if function.name == flow.name), None) if facts else None
    if found is None:
        return
    declared = re.compile(rf"\bstruct vm_struct \*?\s*{found[1]}\b")
    if any(declared.search(text) for text in (*(own.parameters if own else ()), *flow.texts())):
        yield Before(kind="area", callee=site.callee, line=site.line, function=flow.name)


_ADDRESS = regex(r"(\w+)(?:->|\.)addr")
_BASE = "->base"
_NUMBER = regex(r"[1-9]\d*")
_COMPARED = regex(r"(.+?)(?: (?:> \w+|>= [1-9]\w*|(== (?:0|NULL)|<= 0|< 1)))?")
"""A place and what it is compared with: where the second group is there, it is something only where that is not so."""

_POINTER = regex(r"\bstruct (\w+) \*\s*(\w+)")
_TARGET = regex(r"(?:[\w\s]*[\s*])?([\w.>\[\]-]+) = ")



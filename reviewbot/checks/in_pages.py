"""Memory that is mapped in single pages: by the call that gave it, the type that holds it, or who takes it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from reviewbot.cfacts import CallSite, FunctionFlow, Route, functions_of
from reviewbot.cfacts.family import ApiFunction
from reviewbot.cfacts.types import FileFacts
from reviewbot.checks.lists import own_list
from reviewbot.checks.origins import origins_of
from reviewbot.checks.ranges import PLACE, Before, Range, is_disturbed, until
from reviewbot.checks.stored import maker_of
from reviewbot.logic import FALSE, Ternary
from reviewbot.patterns import regex

__all__ = ["of_its_memory"]

_MOST_PATHS = 64  # where a function has so many, others may not have been followed


def of_its_memory(flow: FunctionFlow, site: CallSite, own: ApiFunction, here: Range, facts: FileFacts | None,
                   data: bytes, known: tuple[tuple[int, int], ...]) -> Iterator[Before]:
    """Yield what is known of the memory that the range is a part of, however far into it the range lies."""
    found = [*_paged(flow, site, here, facts, data, known), *_area(flow, site, here, facts)]
    yield from found
    for memory in () if found or own.address_argument is None else sorted(
            origins_of(flow, site, own.address_argument)):
        whole = replace(here, memory=memory, names=frozenset({memory}))
        yield from (replace(one, offset=True) for one in (*_paged(flow, site, whole, facts, data, known),
                                                          *_area(flow, site, whole, facts)))


def _paged(flow: FunctionFlow, site: CallSite, here: Range, facts: FileFacts | None, data: bytes,
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
        ways = [until(Route(statements=route.statements[1:], ends=route.ends), site) for route in routes]
        there = [way for way in ways if way is not None]
        whole = replace(here, size="")  # how much of it is changed is all the same
        if there and not any(is_disturbed(flow, way, whole) for way in there):
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


def _typed(flow: FunctionFlow, here: Range, facts: FileFacts | None) -> str:
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


def _is_asked_for(flow: FunctionFlow, site: CallSite, here: Range) -> bool:
    """Return whether the call is reached only where its address or its size is not 0, or its size is a number."""
    if _NUMBER.fullmatch(here.size):
        return True
    names = {here.memory, *here.names, here.size, *(hit[0] for hit in PLACE.finditer(here.size))}
    return any(guard.condition.assume({atom: bool(hit[2])}) == FALSE
               for guard in flow.guards(site) for atom in guard.condition.variables()
               if (hit := _COMPARED.fullmatch(atom.strip("()"))) and hit[1] in names)


@lru_cache(maxsize=64)
def _pointers(texts: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Return the structures that pointers are declared to, with the pointers' names."""
    return frozenset(hit for text in texts if "struct" in text for hit in _POINTER.findall(text))


def _taken_back(flow: FunctionFlow, site: CallSite, here: Range) -> CallSite | None:
    """Return the call that takes the memory back on every path behind the site, and takes none but such memory."""
    takes = own_list("frees_pages")
    routes = flow.paths_after(site) if flow.calls(*takes) else ()
    found = []
    for route in routes if len(routes) < _MOST_PATHS else ():
        taken = next((call for statement in route.statements for call in statement.calls
                      if call != site and call.callee in takes and takes[call.callee] < len(call.arguments)
                      and flow.is_given(call, here.names, takes[call.callee])), None)
        way = until(route, taken) if taken else None
        # The names that the calls use hold the same memory only while they are given no other.
        if taken is None or way is None or any(
                is_disturbed(flow, way, Range(memory=memory, size="", last=""))
                for memory in (here.memory, " ".join((*site.arguments, *taken.arguments)))):
            return None
        found.append(taken)
    return found[0] if found else None


def _area(flow: FunctionFlow, site: CallSite, here: Range, facts: FileFacts | None) -> Iterator[Before]:
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

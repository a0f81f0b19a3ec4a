"""Kind `half-conversion`: a patch frees some memory in a safer way, and leaves another free of the same as it was.

Options: `api` (families or functions), `frees` (a list of `rules/lists/`). Looked at are the places where a patch puts
a helper that calls the family in the place of a plain free. Left behind are another plain free of the same object in
that function, and the same free in a function of the file that changes such memory too and does not change it back;
not a free that stands only behind the success of a call that changes the memory back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from reviewbot.cfacts import CallSite, FunctionFlow, functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.arches import own_arch
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.leaves import leaves_of
from reviewbot.checks.lists import list_option
from reviewbot.checks.reading import touches
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import Ternary
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["HALF_CONVERSION"]

_FIELDS = frozenset({"function", "free", "object", "instead", "replaced", "elsewhere",
                     "who"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Converted:
    """A free `replaced` of the object that the patch turned into a call of `instead`; `undoes` is what that calls."""

    function: str
    object: str
    replaced: str
    instead: CallSite
    undoes: frozenset[str]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "frees"}))
    list_option(rule, "frees")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    frees, wanted = list_option(rule, "frees"), analysis.wanted(names_option(rule, "api"))
    old, new = analysis.before(position), analysis.after(position)
    for file in analysis.patched.states[position].files:
        before, after = old.tree.read(file.old_path) or b"", new.tree.read(file.path) or b""
        if not file.path.endswith((".c", ".h")) or not file.removed or not any(
                name.encode() in after for name in new.wrappers):
            continue
        given = {name: function for name, function in _named(before).items() if frees.keys() & {*function.calls_all}}
        written = {name: function for name, function in _named(after, file).items() if name in given}
        now = _flows(analysis, new, file.path, written.values())
        was = _flows(analysis, old, file.old_path, (given[name] for name in now))
        done = [one for name in was.keys() & now.keys() for one in _converted(
            analysis, new, file.path, was[name], now[name], frees, wanted)]
        if done:
            yield from _left(rule, analysis, position, file, done, frees)


def _named(data: bytes, touched: PatchedFile | None = None) -> dict[str, Function]:
    """Return the functions of a file by name, those that the patch touches if it is given."""
    return {function.name: function for function in functions_of(data)
            if touched is None or touches(touched, function)}


def _flows(analysis: Analysis, side: Side, path: str, functions: Iterable[Function]) -> dict[str, FunctionFlow]:
    """Return the paths of functions of the file by name, without those that cannot be followed."""
    flows = {function.name: analysis.reading.flow(side.tree, path, function.name, function.span.line)
             for function in functions}
    return {name: flow for name, flow in flows.items() if flow is not None}


def _object(flow: FunctionFlow, site: CallSite, number: int) -> str:
    return flow.object_in(site.arguments[number]) if number < len(site.arguments) else ""


def _converted(analysis: Analysis, side: Side, path: str, was: FunctionFlow, now: FunctionFlow,
               frees: Mapping[str, int], wanted: frozenset[str]) -> Iterator[_Converted]:
    for name in frees:
        old = [_object(was, site, frees[name]) for site in was.calls(name)]
        if len(now.calls(name)) >= len(old):
            continue
        earlier = {site.callee for site in was.calls()}
        for site in now.calls():
            if site.callee in frees or site.callee in earlier or not site.arguments:
                continue
            undoes = _reached(analysis, side, path, site) & wanted
            thing = now.object_in(site.arguments[0])
            if undoes and thing and thing in old:
                yield _Converted(function=now.name, object=thing, replaced=name, instead=site, undoes=undoes)


def _reached(analysis: Analysis, side: Side, path: str, site: CallSite) -> frozenset[str]:
    """Return the functions of the family that the call comes down to."""
    return frozenset(leaf.primitive for leaf in leaves_of(
        side, site.callee, near=path, arguments=site.arguments, primitives=analysis.primitives))


def _left(rule: Rule, analysis: Analysis, position: int, file: PatchedFile, done: list[_Converted],
          frees: Mapping[str, int]) -> Iterator[Finding]:
    """Yield the frees that are as they were: of the object itself, and of memory that is changed in other functions."""
    side = analysis.after(position)
    data = side.tree.read(file.path) or b""
    seen: set[tuple[str, str, str]] = set()
    named = _named(data)
    freeing = (function for function in named.values() if frees.keys() & {*function.calls_all})
    for flow in _flows(analysis, side, file.path, freeing).values():
        own = [one for one in done if one.function == flow.name]
        calls = flow.calls(*frees)
        if not calls:
            continue
        reached = [_reached(analysis, side, file.path, site) for site in flow.calls()]
        for site in calls:
            thing = _object(flow, site, frees[site.callee])
            one = next((one for one in own if one.object == thing), None) or (None if own else next(
                (one for one in done if one.replaced == site.callee and _shares(analysis, one, reached)), None))
            if one is not None and thing and (flow.name, site.callee, thing) not in seen \
                    and not _behind_success(flow, site, thing, one, reached) \
                    and (one in own or not _is_made_beside(flow, data, named[flow.name], thing, reached)):
                seen.add((flow.name, site.callee, thing))
                yield _finding(rule, analysis, position, file.path, flow.name, site, thing, one)


def _behind_success(flow: FunctionFlow, free: CallSite, thing: str, one: _Converted, reached: list[frozenset[str]]
                    ) -> bool:
    """Return whether the free stands only where a call that changes the same memory back has succeeded."""
    return any(names & one.undoes and site.arguments and flow.object_in(site.arguments[0]) == thing
               and flow.has_succeeded(free, past=site) is Ternary.YES
               for site, names in zip(flow.calls(), reached, strict=True))


def _is_made_beside(flow: FunctionFlow, data: bytes, function: Function, thing: str, reached: list[frozenset[str]]
                    ) -> bool:
    """Return whether the function makes the memory itself, by a call that does not come down to the family, and gives
    it to none that does: then it is not what such calls of the function change."""
    body = decode(b"\n".join(data.split(b"\n")[function.span.line - 1:function.span.end_line]))
    makers = set(re.findall(rf"(?<![\w>.]){re.escape(thing)}\s*=\s*(?:\([^()]*\)\s*)?(\w+)\s*\(", body))
    changing = [site for site, names in zip(flow.calls(), reached, strict=True) if names]
    named = re.compile(rf"(?<![\w>.]){re.escape(thing)}(?!\w)")
    return bool(makers) and not makers & {site.callee for site in changing} and not any(
        named.search(argument) for site in changing for argument in site.arguments)


def _shares(analysis: Analysis, one: _Converted, reached: list[frozenset[str]]) -> bool:
    """Return whether a function with calls that come down to these changes such memory, and does not change it back."""
    changers = {function.name for function in analysis.family.functions if one.undoes & set(function.undone_by)}
    return any(names & changers for names in reached) and not any(
        names & one.undoes and not names & changers for names in reached)


def _finding(rule: Rule, analysis: Analysis, position: int, path: str, function: str, site: CallSite, thing: str,
             one: _Converted) -> Finding:
    state = analysis.patched.states[position]
    arch = own_arch(path)
    arches = (arch,) if arch else tuple(name for name in analysis.arches if not analysis.never_builds(path, name))
    return draft_finding(
        rule, state, Spot(file=path, line=site.line, end_line=site.line, function=function, symbol=site.callee,
                          side=analysis.after(position)),
        {"function": function, "free": site.callee, "object": thing, "instead": one.instead.callee,
         "replaced": one.replaced, "elsewhere": one.function,
         "who": "that function" if function == one.function else f"'{function}'"},
        message_id=analysis.message_id(state.index), arches=arches, says=(site.callee, function, one.instead.callee),
        evidence=(Evidence(kind="patch", file=path, line=one.instead.line, rev=f"after patch {state.index}",
                           text=f"{one.instead.callee}({', '.join(one.instead.arguments)})"),))


HALF_CONVERSION = Kind(name="half-conversion", fields=_FIELDS, changes=_run, check_options=_check)

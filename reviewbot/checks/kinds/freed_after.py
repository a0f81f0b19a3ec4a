"""Kind `freed-after`: memory goes back to the allocator on a path behind a call that changed it, or failed to.

Options: `api` (families or single functions), `after` (`failure`: the call has failed, which leaves the state of the
memory unknown; `success`: it has changed the memory, and nothing has changed it back), `frees` (a list of
`rules/lists/`), `either` (with `after = "success"`: families or functions whose memory is told also where the way to
the free is one after a failure, too, as where nobody looks at the result).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from reviewbot.arch import Fact
from reviewbot.cfacts import CallSite, FunctionFlow, Route, object_of
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.callers import no_caller_reaches
from reviewbot.checks.draft import callee_evidence, draft_finding, errnos_of, lower, spot_of, table_for
from reviewbot.checks.feasible import feasibility
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.lists import list_option
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.ranges import written_names
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import at_leaves, fact_for, facts_here, running_at, where_of, with_line
from reviewbot.contracts.frees import known_frees
from reviewbot.contracts.outline import calls_in, outlines_of, walk
from reviewbot.errors import DataError
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.text import quote_names, squash
from reviewbot.values import dataclass

__all__ = ["FREED_AFTER"]

_FIELDS = frozenset({"function", "callee", "primitive", "free", "object", "arches", "errnos", "line", "undo"})
_KEEPS_BOOK = regex(r"crypt|shared|private|visib|leak|mapped|cach|_(?:w[bct]|uc)(?![a-z])", re.IGNORECASE)
"""A test of something called so asks for the state of the memory; what it guards is not looked at any further."""

_AREA = regex(r"\b(\w+) = find_vm_area\(([\w.>-]+)\);?")
_RESETS = regex(r"VM_FLUSH_RESET_PERMS|set_vm_flush_reset_perms")
_ELEMENT = regex(r"(.+)\[[^][]*\]")
_OFF = frozenset({"false", "0"})
_NAMED = regex(rb"^(?:static |inline |void |int |bool )*(\w*free\w*)\(", re.MULTILINE)
_MOST_HELPERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A call that changes memory: the function of the family at its bottom, and the argument that names the memory.

    `flag`: a helper that takes memory away or brings it back, as its last argument says; what is freed may be the area
    of the object that it is given. `array`: the argument names an array, whose elements are freed as well as itself.
    """

    primitive: str
    argument: int
    undoes: frozenset[str]
    direct: bool
    flag: bool = False
    array: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Free:
    """A call that gives the memory back, and the tests and jumps on the way to it."""

    site: CallSite
    way: tuple[Evidence, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "after", "frees", "either"}))
    list_option(rule, "frees")
    if rule.options.get("after") not in {"failure", "success"}:
        raise DataError("'after' must be 'failure' or 'success'", where=str(rule.folder / "rule.toml"))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api"))
    listed = list_option(rule, "frees")
    either = analysis.wanted(names_option(rule, "either"))
    failed = rule.options["after"] == "failure"
    for occurrence in analysis.occurrences(position):
        if no_caller_reaches(analysis, analysis.after(position), occurrence):
            continue
        change = _change(analysis, position, occurrence, wanted)
        tree = analysis.after(position).tree
        followed = analysis.reading.follow(tree, occurrence.file.path, occurrence.call) if change else None
        if change is None or followed is None or (failed and change.flag):
            continue
        data = tree.read(occurrence.file.path) or b""
        frees = {**_helpers(occurrence.file.path, data, tuple(listed.items())), **listed}
        found = _freed(*followed, change, frees, "failure")
        if not failed:
            unknown = {free.site for free in found if not change.flag and change.primitive not in either}
            found = [free for free in _freed(*followed, change, frees, "success") if free.site not in unknown]
        for free in found:
            finding = _finding(rule, analysis, position, occurrence, change, free)
            if finding is not None:
                yield finding


@lru_cache(maxsize=64)
def _helpers(path: str, data: bytes, listed: tuple[tuple[str, int], ...]) -> Mapping[str, int]:
    """Return the functions of a file that are named for freeing and hand what they are given to one of those listed,
    each with the argument that is freed."""
    frees, found = dict(listed), dict[str, int]()
    offsets = sorted({hit.start(1) for hit in _NAMED.finditer(data)})[:_MOST_HELPERS]
    for outlines in outlines_of(path, data, offsets, most=1) if offsets else ():
        body = outlines[0]
        if not known_frees().says(body.name, "frees") or body.name in frees:
            continue
        parameters = list(body.parameters)
        for step in body.steps:
            for call in calls_in(step.expr):
                given = call.parts[1:][frees[call.name]:][:1] if call.name in frees else ()
                names = [part.name for one in given for part in walk(one) if part.kind == "name"]
                if names and names[-1] in parameters:
                    found.setdefault(body.name, parameters.index(names[-1]))
    return found


def _where(finding: Finding) -> tuple[object, ...]:
    """Return the place of the free: several calls in front of it are one finding."""
    return finding.file, finding.line


def _change(analysis: Analysis, position: int, occurrence: Occurrence, wanted: frozenset[str]) -> _Change | None:
    """Return what the call changes, itself or as a helper that hands its parameter and the result on."""
    call = occurrence.call
    known = analysis.family.get(call.callee)
    if call.callee in wanted and known is not None and known.returns == "int" and call.use != "in-macro":
        if known.address_argument is None or (known.name in known.undone_by and call.arguments[-1:][0] not in _OFF):
            return None  # with another last argument such a function takes back what it did
        return _Change(primitive=known.name, argument=known.address_argument, direct=True,
                       undoes=frozenset({*known.undone_by, known.name}), array=known.address == "array")
    wrapper = analysis.after(position).wrapper(call.callee, occurrence.file.path)
    if wrapper is None or not wrapper.fallible:
        return None
    parameters = [squash(text).replace("*", " ").split()[-1] for text in wrapper.function.parameters if text.strip()]
    for inner in wrapper.handing_on:
        known = analysis.family.get(inner.callee)
        if known is not None and inner.callee in wanted and known.name in known.undone_by and _takes_away(
                known.address_argument, inner, call, parameters):
            root = re.match(r"\w+", inner.arguments[known.address_argument or 0])
            return _Change(primitive=known.name, argument=parameters.index(root[0] if root else ""), direct=False,
                           undoes=frozenset({known.name, call.callee}), flag=True)
    for inner in wrapper.calls:
        known = analysis.family.get(inner.callee)
        if inner.use != "returned" or inner.callee not in wanted or known is None or known.address_argument is None:
            continue
        names = re.findall(r"\w+", inner.arguments[known.address_argument]) if inner.arguments else []
        if names and names[-1] in parameters:
            return _Change(primitive=known.name, argument=parameters.index(names[-1]), direct=False,
                           undoes=frozenset({*known.undone_by, known.name, call.callee}),
                           array=known.address == "array")
    return None


def _takes_away(number: int | None, inner: Call, call: Call, parameters: list[str]) -> bool:
    """Return whether the helper hands its own memory on, and its flag, with which this call takes the memory away."""
    if number is None or number >= len(inner.arguments) or len(call.arguments) != len(parameters):
        return False
    root, flag = re.match(r"\w+", inner.arguments[number]), inner.arguments[-1]
    given = call.arguments[parameters.index(flag)] if flag in parameters else flag
    return root is not None and root[0] in parameters and given in _OFF


def _freed(flow: FunctionFlow, site: CallSite, change: _Change, frees: Mapping[str, int],
           outcome: Literal["failure", "success"]) -> list[_Free]:
    """Return the calls that free the memory on a path of this outcome before anything has restored it, each once."""
    if change.argument >= len(site.arguments):
        return []
    found: dict[CallSite, _Free] = {}
    for route in flow.paths_after(site, outcome):
        free = _freed_on(flow, site, route, change, frees)
        if free is not None:
            found.setdefault(free.site, free)
    return [found[key] for key in sorted(found, key=lambda key: (key.line, key.column))]


def _freed_on(flow: FunctionFlow, site: CallSite, route: Route, change: _Change, frees: Mapping[str, int]
              ) -> _Free | None:
    memory = flow.object_in(site.arguments[change.argument])
    areas = {hit[2] for text in flow.texts() if (hit := _AREA.search(text)) and hit[1] == memory}
    if areas and any(_RESETS.search(text) for text in flow.texts()):
        return None  # freeing the area puts its pages back
    root = re.match(r"[A-Za-z_]\w*", memory)
    names = {memory, root[0]} if root else {memory}  # `demo->ring = NULL` and `demo = next` both lose sight of it
    again = re.compile(rf"(?:^|[\s*])(?:{'|'.join(re.escape(name) for name in sorted(names))}) = ")
    same = (flow.names_of(site, change.argument) - names) | {memory, *areas}
    way: list[Evidence] = []
    for statement in route.statements:
        own = not way and statement.line <= site.line and site.callee in statement.text
        if statement.kind == "rest" or (not own and statement.branch
                                        and _KEEPS_BOOK.search(_without_calls(statement.text))):
            return None
        for call in statement.calls:
            if (call.callee in change.undoes or _KEEPS_BOOK.search(call.callee)) \
                    and _is_given(flow, call, same, change):
                return None
            number = frees.get(call.callee)
            if number is not None and _is_given(flow, call, same, change, number):
                return _Free(site=call, way=tuple(way[-4:]))
        if again.search(statement.text) and not statement.text.startswith("return"):
            return None
        if len(same) > 1 and not own:
            same -= frozenset(written_names(statement.text)) - {memory}
        if statement.branch:
            way.append(Evidence(kind="source", file="", line=statement.line, text=statement.told))
    return None


def _is_given(flow: FunctionFlow, call: CallSite, names: frozenset[str], change: _Change, number: int | None = None
              ) -> bool:
    """Return whether a call receives what has one of the names, or an element of the array that has."""
    texts = call.arguments if number is None else call.arguments[number:number + 1]
    return flow.is_given(call, names, number) or (change.array and any(
        (element := _ELEMENT.fullmatch(flow.object_in(text))) is not None and element[1] in names for text in texts))


def _without_calls(text: str) -> str:
    """Return a test without the names of the functions it calls: `if (set_memory_encrypted(a, 1))` asks for no flag."""
    return re.sub(r"\w+\s*\(", "(", text)


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence, change: _Change,
             free: _Free) -> Finding | None:
    state, side, call = analysis.patched.states[position], analysis.after(position), occurrence.call
    failed = rule.options["after"] == "failure"
    at = where_of(analysis, position, occurrence.file.path, call)
    at = with_line(at, free.site.line)
    wheres = (at,) if change.direct else at_leaves(analysis, at, call, lambda leaf: leaf.primitive == change.primitive)
    arches = running_at(analysis, *wheres)
    if failed and change.direct:
        arches = tuple(arch for arch in arches if feasibility(
            analysis, side, occurrence.file.path, call, arch,
            fact=fact_for(analysis, at, arch, change.primitive)).answer in {"can", "unknown"})
    where = tuple(arch for arch in arches if any(
        _leaves_it_open(fact) if failed else fact.is_real
        for one in wheres for fact in facts_here(analysis, one, arch, change.primitive)))
    if not where:
        return None
    table = table_for(analysis, side, change.primitive, where, *wheres)
    known = analysis.family.get(change.primitive)
    thing = free.site.arguments[0] if change.flag else call.arguments[change.argument]
    fields = {
        "function": call.function, "callee": call.callee, "primitive": change.primitive, "free": free.site.callee,
        "object": object_of(thing), "arches": quote_names(where), "errnos": errnos_of(table),
        "line": str(call.span.line), "undo": quote_names(known.undone_by if known else ()) or "another call",
    }
    notes = [rule.notes.get("helper", "") if not change.direct else "",
             rule.notes.get("unseen", "") if call.use in {"discarded", "void-cast", "unread"} else ""]
    evidence = [Evidence(kind="patch", file=occurrence.file.path, line=call.span.line, text=squash(call.statement),
                         rev=f"after patch {state.index}")]
    evidence += [replace(step, file=occurrence.file.path, rev=f"after patch {state.index}") for step in free.way]
    evidence += callee_evidence(analysis, side, change.primitive, where)
    spot = replace(spot_of(analysis, position, occurrence), line=free.site.line, end_line=free.site.line)
    return draft_finding(
        rule, state, spot, fields, message_id=analysis.message_id(state.index),
        evidence=tuple(dict.fromkeys(evidence)), says=(change.primitive, free.site.callee),
        level=rule.level if change.direct else lower(rule.level, "question"), arches=where, table=table,
        notes=tuple(note.format_map(fields) for note in notes if note))


def _leaves_it_open(fact: Fact) -> bool:
    """Return whether a failure there can leave the memory changed in part: a single page that failed is as it was."""
    return fact.is_real and bool(fact.may_fail) and fact.partial_on_failure is not False


FREED_AFTER = Kind(name="freed-after", fields=_FIELDS, states=_run, check_options=_check, once=_where,
                   keeps_old=lambda *_: True,
                   notes=lambda _: ("helper", "unseen"))

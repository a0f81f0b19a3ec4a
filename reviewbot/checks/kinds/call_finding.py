"""What the kinds that look at single calls share: which calls, on which architectures, and the finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from reviewbot.arch import Fact
from reviewbot.cfacts import CallSite, FunctionFlow, Route, object_of
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.callers import no_caller_reaches
from reviewbot.checks.draft import callee_evidence, draft_finding, spot_of, table_for
from reviewbot.checks.kinds.base import names_option
from reviewbot.checks.leaves import leaves_of
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import Where, facts_here, is_idle, running_at, where_of
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.text import quote_names

__all__ = ["COMMON_FIELDS", "arches_where", "call_before", "call_finding", "followed_calls", "repeats", "touched_calls"]

COMMON_FIELDS = frozenset({"function", "callee", "object", "arches"})


def touched_calls(rule: Rule, analysis: Analysis, position: int) -> Iterator[Occurrence]:
    """Yield the calls of the rule's functions in the functions that the patch touches, and that some caller reaches."""
    wanted = analysis.wanted(names_option(rule, "api"))
    for occurrence in analysis.occurrences(position):
        call = occurrence.call
        if call.callee in wanted and call.use != "in-macro" and call.function \
                and not no_caller_reaches(analysis, analysis.after(position), occurrence):
            yield occurrence


def followed_calls(rule: Rule, analysis: Analysis, position: int
                   ) -> Iterator[tuple[Occurrence, FunctionFlow, CallSite]]:
    """Yield these calls with the paths of the function around each; those that cannot be followed are left out."""
    for occurrence in touched_calls(rule, analysis, position):
        found = analysis.reading.follow(analysis.after(position).tree, occurrence.file.path, occurrence.call)
        if found is not None:
            yield occurrence, *found


def call_before(analysis: Analysis, position: int, occurrence: Occurrence) -> Call | None:
    """Return the call before the patch that stands for this one: the only one of its callee in the function, or the
    only one with the same arguments."""
    before, after = analysis.before(position), analysis.after(position)
    call = occurrence.call
    old = _calls(before, occurrence.file.old_path, call)
    new = _calls(after, occurrence.file.path, call)
    if len(old) == len(new) == 1:
        return old[0]
    alike = [[one for one in calls if one.arguments == call.arguments] for calls in (old, new)]
    return alike[0][0] if len(alike[0]) == len(alike[1]) == 1 else None


def _calls(side: Side, path: str, call: Call) -> list[Call]:
    facts = side.facts.get(path)
    return [one for one in (facts.calls if facts else ()) if (one.function, one.callee) == (call.function, call.callee)]


def arches_where(analysis: Analysis, position: int, occurrence: Occurrence,
                 holds: Callable[[Fact], bool]) -> tuple[str, ...]:
    """Return the architectures that can build the call and whose real function works there and is as asked, as the code
    stands now."""
    where = where_of(analysis, position, occurrence.file.path, occurrence.call)
    return tuple(arch for arch in running_at(analysis, where) if any(
        fact.is_real and not is_idle(fact) and holds(fact)
        for fact in facts_here(analysis, where, arch, occurrence.call.callee)))


def repeats(flow: FunctionFlow, site: CallSite, undo: frozenset[str]) -> bool:
    """Return whether the call runs once for each piece of something: a path from its success comes back to it with
    another object, and has not taken back this one (`undo`), as the next try of the same work does."""
    return flow.comes_back(site) and any(
        _next_piece(flow, site, route, undo) for route in flow.paths_after(site, "success"))


def _next_piece(flow: FunctionFlow, site: CallSite, route: Route, undo: frozenset[str]) -> bool:
    memory = site.arguments[0] if site.arguments else ""
    names = set(_NAME.findall(f"{memory} {flow.object_in(memory)}"))
    moved = False
    for statement in route.statements:
        if any(call == site for call in statement.calls):
            return moved or not names
        if any(flow.takes_back(call, site, undo) for call in statement.calls):
            return False
        moved = moved or any(hit[1] in names or hit[2] in names for hit in _WRITTEN.finditer(statement.text)) \
            or bool(names & set(_NAME.findall(statement.text)) and _EACH.match(statement.text))
    return False


_NAME = regex(r"[A-Za-z_]\w*")
_WRITTEN = regex(r"(\b[A-Za-z_]\w*)(?:\s*\[[^\]]*\])?\s*(?:=(?!=)|[-+*/|&^]=|<<=|>>=|\+\+|--)"
                 r"|(?:\+\+|--)\s*([A-Za-z_]\w*)")
_EACH = regex(r"\w*for_each\w*\s*\(")


def _bottom(analysis: Analysis, side: Side, occurrence: Occurrence, arches: tuple[str, ...]) -> tuple[str, ...]:
    """Return the functions of the family that the call comes down to: a helper by another name is the same there."""
    leaves = leaves_of(side, occurrence.call.callee, near=occurrence.file.path, arguments=occurrence.call.arguments,
                       primitives=analysis.primitives, values=occurrence.call.values)
    return tuple(sorted({leaf.primitive for leaf in leaves if leaf.is_on(*arches)})) or (occurrence.call.callee,)


def call_finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence, *, arches: tuple[str, ...],
                 fields: Mapping[str, str], evidence: tuple[Evidence, ...] = (),
                 notes: tuple[str, ...] = (), says: tuple[str, ...] = (), symbol: str = "",
                 wheres: tuple[Where, ...] = ()) -> Finding:
    """Return the rule's finding at the call, with the architectures' table and where each defines the callee, or the
    `symbol` that a helper comes to at `wheres`."""
    state, side, call = analysis.patched.states[position], analysis.after(position), occurrence.call
    filled = {"function": call.function, "callee": call.callee, "arches": quote_names(arches),
              "object": object_of(call.arguments[0]) if call.arguments else "the range", **fields}
    return draft_finding(
        rule, state, spot_of(analysis, position, occurrence), filled, message_id=analysis.message_id(state.index),
        arches=arches, evidence=(*evidence, *callee_evidence(analysis, side, symbol or call.callee,
                                                                                arches)),
        table=table_for(analysis, side, symbol or call.callee, arches,
                        *(wheres or (where_of(analysis, position, occurrence.file.path, call),))),
        says=(*_bottom(analysis, side, occurrence, arches), *says),
        notes=tuple(note.format_map(filled) for note in notes if note))

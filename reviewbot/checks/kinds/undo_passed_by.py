"""Kind `undo-passed-by`: a way out of a function came by a call that takes back, and comes by it no longer.

Options: `api` (families or functions). Compared is where the ways behind a test of what another call gave lead on both
sides, however the exits are written: to the call that takes back, or around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from reviewbot.cfacts import CallSite, FunctionFlow, Route, Statement
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import (
    COMMON_FIELDS,
    arches_where,
    call_before,
    call_finding,
    followed_calls,
)
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import Ternary
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["UNDO_PASSED_BY"]

_MOST_CALLS = 24  # of a function that are asked what stands behind their tests
_SOON = 3  # statements behind a call in which its result is tested

_PLAIN = regex(r"[\w.>-]+(?:\([^()]*\))?")

_Test = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ways:
    """The ways behind one outcome of a test: its statement, those that come by the undo, and those that do not."""

    test: Statement
    by: tuple[Route, ...]
    around: tuple[Route, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for occurrence, flow, undo in followed_calls(rule, analysis, position):
        known, old = analysis.family.get(undo.callee), call_before(analysis, position, occurrence)
        tree = analysis.before(position).tree
        followed = analysis.reading.follow(tree, occurrence.file.old_path, old) if old else None
        if known is None or followed is None:
            continue
        does = frozenset(one.name for one in analysis.family.functions if known.name in one.undone_by)
        if not known.restores and not _gives_back(flow, undo, does):
            continue
        found = _passed_by(*followed, flow, undo, does)
        arches = arches_where(analysis, position, occurrence, lambda _: True) if found else ()
        if found is not None and arches:
            ways, route = found
            last, number = route.statements[-1], analysis.patched.states[position].index
            finding = call_finding(
                rule, analysis, position, occurrence, arches=arches,
                fields={"test": _holds(ways.test), "exit": last.text.rstrip(";")},
                evidence=tuple(Evidence(kind="patch", file=occurrence.file.path, line=one.line, text=one.told,
                                        rev=f"after patch {number}") for one in (ways.test, last)))
            yield replace(finding, line=last.line, end_line=last.line)


def _gives_back(flow: FunctionFlow, undo: CallSite, does: frozenset[str]) -> bool:
    """Return whether the call stands behind one that it takes back, in this function, and never in front of it."""
    return any(flow.runs_after(undo, one, "success") is Ternary.YES and flow.runs_after(one, undo, "any") is Ternary.NO
               for one in flow.calls(*does) if one != undo)


def _holds(test: Statement) -> str:
    """Return what holds on a way: `ret`, `!page`, `!(left > right)`."""
    asked = test.asked or test.text
    if test.branch == "true":
        return asked
    return f"!{asked}" if _PLAIN.fullmatch(asked) else f"!({asked})"


def _passed_by(before: FunctionFlow, old: CallSite, flow: FunctionFlow, undo: CallSite, does: frozenset[str]
               ) -> tuple[_Ways, Route] | None:
    """Return the test whose ways all go around the undo now, some of which came by it before, and one that does."""
    callees = {one.callee for one in before.calls()}
    for call in islice((one for one in flow.calls() if one.line < undo.line and one.callee not in does), _MOST_CALLS):
        theirs = _same(before, flow, call)
        if theirs is None or any(flow.runs_after(call, one, "any") is Ternary.NO for one in flow.calls(*does)):
            continue
        was, now = _ways(before, theirs, old), _ways(flow, call, undo)
        for key, ways in now.items():
            known = was.get(key)
            if known is None or not known.by or ways.by or not all(one.ends == "return" for one in ways.around):
                continue
            if not any(inner.callee not in callees for one in ways.around for step in one.statements
                       for inner in step.calls):
                return ways, ways.around[0]
    return None


def _same(before: FunctionFlow, flow: FunctionFlow, call: CallSite) -> CallSite | None:
    """Return the call before the patch that stands for this one, None where there is none, or several."""
    old, new = ([one for one in side.calls(call.callee) if one.arguments == call.arguments] for side in (before, flow))
    return old[0] if len(old) == len(new) == 1 else None


def _ways(flow: FunctionFlow, call: CallSite, undo: CallSite) -> Mapping[_Test, _Ways]:
    """Return the ways behind each outcome of the test of what the call gives."""
    found: dict[_Test, tuple[Statement, list[Route], list[Route]]] = {}
    for route in flow.paths_after(call):
        test = next((one for one in route.statements[:_SOON] if one.branch), None)
        target = re.search(rf"([\w>.-]+) = (?:\([^()]*\)\s*)?{re.escape(call.callee)}\(", " ".join(
            one.text for one in route.statements[:1]))
        if test is None or not (f"{call.callee}(" in test.text or (target is not None and re.search(
                rf"(?<![\w>.]){re.escape(target[1])}(?!\w)", test.asked or test.text))):
            continue
        _, by, around = found.setdefault((test.asked or test.text, test.branch), (test, [], []))
        (by if any(undo == inner for step in route.statements for inner in step.calls) else around).append(route)
    return {key: _Ways(test=test, by=tuple(by), around=tuple(around)) for key, (test, by, around) in found.items()}


UNDO_PASSED_BY = Kind(name="undo-passed-by", fields=COMMON_FIELDS | {"test", "exit"}, changes=_run,
                      check_options=_check)

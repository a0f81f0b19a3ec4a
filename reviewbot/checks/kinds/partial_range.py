"""Kind `partial-range`: a loop changes one piece after the other, and its error path leaves the first ones changed.

Options: `api` (families).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.cfacts import CallSite, Route, functions_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls, repeats
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.text import quote_names

__all__ = ["PARTIAL_RANGE"]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        known = analysis.family.get(site.callee)
        if known is None or known.returns != "int" or not known.undone_by:
            continue
        if not repeats(flow, site, frozenset(known.undone_by)):
            continue
        routes = flow.paths_after(site, "failure")
        leaving = next((route for route in routes if _gives_up(route)), None)
        if any(_undoes(route, site, frozenset(known.undone_by)) for route in routes):
            continue  # also where a path skips it: nothing has to be undone when the first round fails
        if any(inner == site for route in routes for statement in route.statements for inner in statement.calls):
            continue  # the loop goes on after a failure: all pieces are tried
        if leaving is not None and _others_undo(analysis, position, occurrence, frozenset(known.undone_by)):
            continue
        if leaving is None or occurrence.call.use not in {"handled", "returned"}:
            continue
        arches = arches_where(analysis, position, occurrence, lambda fact: fact.may_fail is True)
        if arches:
            last = leaving.statements[-1]
            yield call_finding(
                rule, analysis, position, occurrence, arches=arches, fields={"undo": quote_names(known.undone_by)},
                evidence=(Evidence(kind="patch", file=occurrence.file.path, line=last.line, text=last.text,
                                   rev="where it leaves after a failure"),))


def _others_undo(analysis: Analysis, position: int, occurrence: Occurrence, undo: frozenset[str]) -> bool:
    """Return whether the file cleans up elsewhere: a caller of the function, or what releases the object, undoes."""
    data = analysis.after(position).tree.read(occurrence.file.path) or b""
    own = occurrence.call.function
    functions = [function for function in functions_of(data) if function.name != own]
    helpers = {function.name for function in functions if undo & set(function.calls_all)}
    return any(function.name in helpers and sounds_like_undo(function.name) for function in functions) or any(
        own in function.calls_all and (undo | helpers) & set(function.calls_all) for function in functions)


def _gives_up(route: Route) -> bool:
    """Return whether the path ends with an error."""
    return route.ends == "return" and route.returns not in {"", "0", "true", "NULL"}


def _undoes(route: Route, site: CallSite, undo: frozenset[str]) -> bool:
    """Return whether something on the path undoes the rounds before, as far as names tell."""
    behind = [call.callee for statement in route.statements for call in statement.calls if call != site]
    return any(name in undo or sounds_like_undo(name) for name in behind)


def sounds_like_undo(name: str) -> bool:
    words = set(name.lower().split("_"))
    return bool(words & {"undo", "unwind", "restore", "rollback", "revert", "reset", "cleanup", "free", "release",
                         "destroy", "exit", "vfree", "unmap", "teardown", "put", "remove", "fini"})


PARTIAL_RANGE = Kind(name="partial-range", fields=COMMON_FIELDS | {"undo"}, states=_run, check_options=_check)

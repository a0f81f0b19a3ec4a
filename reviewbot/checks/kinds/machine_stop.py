"""Kind `machine-stop`: a call whose failure stops the machine.

Options: `api` (families or functions).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from reviewbot.cfacts import Route
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.draft import table_for
from reviewbot.checks.failing import failing
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import where_of
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.text import quote_names

__all__ = ["MACHINE_STOP"]

_ERROR = regex(r"-E[A-Z]|(?:ret|rc|err|error|rv|res|status)$")


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        if occurrence.call.use != "handled" or any(
                route.ends == "stop" for route in islice(flow.each_path_after(site, "success"), 1)):
            continue
        routes = flow.each_path_after(site, "failure")
        first = next(routes, None)
        stop = _stop(first) if first and all(route.ends == "stop" for route in chain((first,), routes)) else None
        arches = arches_where(analysis, position, occurrence, lambda fact: fact.may_fail is True) if stop else ()
        if arches:
            arches = _met(analysis, position, occurrence, arches)
        if stop is not None and arches:
            name, line = stop
            yield call_finding(
                rule, analysis, position, occurrence, arches=arches,
                fields={"stop": name, "others": _others(rule, analysis, position, occurrence)},
                evidence=(Evidence(kind="patch", file=occurrence.file.path, line=line, text=f"{name}()",
                                   rev="where the machine stops after a failure"),))


def _others(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence) -> str:
    """Return what the same failure comes to in other functions of the file that the patch touches, as a clause of the
    question; only what is certain of them."""
    warned, ended = dict[str, None](), dict[str, None]()
    for other, flow, site in followed_calls(rule, analysis, position):
        call = other.call
        if other.file.path != occurrence.file.path or call.callee != occurrence.call.callee \
                or call.function == occurrence.call.function:
            continue
        routes = flow.paths_after(site, "failure")
        if call.use == "warn-only":
            warned[f"{call.function}()"] = None
        elif call.use == "handled" and routes and all(route.ends == "return" and _ERROR.match(route.returns)
                                                      for route in routes):
            ended[f"{call.function}()"] = None
    said = [f"{quote_names(list(warned))} only {'warns' if len(warned) == 1 else 'warn'}"] if warned else []
    said += [f"{quote_names(list(ended))} {'returns' if len(ended) == 1 else 'return'} an error"] if ended else []
    return f", where {' and '.join(said)} for the same failure" if said else ""


def _met(analysis: Analysis, position: int, occurrence: Occurrence, arches: tuple[str, ...]) -> tuple[str, ...]:
    """Return the architectures on which the call can fail with what it is given here."""
    side, call, path = analysis.after(position), occurrence.call, occurrence.file.path
    where = where_of(analysis, position, path, call)
    table = table_for(analysis, side, call.callee, arches, where)
    return failing(analysis, side, path, call, table, rev=side.tree.rev, wheres=(where,)).arches


def _stop(route: Route) -> tuple[str, int] | None:
    """Return the last call of the path and its line: what stops the machine."""
    calls = [call for statement in route.statements for call in statement.calls]
    return (calls[-1].callee, calls[-1].line) if calls else None


MACHINE_STOP = Kind(name="machine-stop", fields=COMMON_FIELDS | {"others", "stop"}, states=_run, check_options=_check)

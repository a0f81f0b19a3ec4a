"""Kind `state-flag`: a flag that keeps book of whether memory is shared says something else than the calls have done.

Options: `api` (families or functions). A flag is what the code calls `decrypted` or `shared` and sets to true or false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reviewbot.cfacts import CallSite, FunctionFlow, Route, Statement
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.callers import no_caller_reaches
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding

__all__ = ["STATE_FLAG"]

_FLAG = re.compile(r"(?P<flag>[\w.>\[\]-]*(?:decrypted|shared)\w*) = (?P<value>true|false|0|1);?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong:
    """A statement that sets the flag wrongly, or too late: `passed` is where a path leaves without it."""

    statement: Statement
    flag: str
    why: str
    passed: Statement | None = None


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    wanted = analysis.wanted(names_option(rule, "api"))
    for occurrence in analysis.occurrences(position):
        if occurrence.call.callee not in wanted or no_caller_reaches(analysis, analysis.after(position), occurrence):
            continue
        followed = analysis.reading.follow(analysis.after(position).tree, occurrence.file.path, occurrence.call)
        for wrong in _wrong(*followed) if followed else ():
            yield from _finding(rule, analysis, position, occurrence, wrong)


def _wrong(flow: FunctionFlow, site: CallSite) -> list[_Wrong]:
    failed, done = flow.paths_after(site, "failure"), flow.paths_after(site, "success")
    after_success = {_place(statement) for route in done for statement in route.statements}
    cleared = [statement for route in failed for statement in route.statements
               if _sets(statement, {"false", "0"}) and _place(statement) not in after_success]
    why = f"is cleared just where '{site.callee}' has failed, when any part may still be shared"
    found = [_Wrong(statement=statement, flag=_flag(statement), why=why) for statement in dict.fromkeys(cleared)]
    if site.callee.endswith("decrypted"):
        found += _late(done)
    return found


def _late(done: tuple[Route, ...]) -> list[_Wrong]:
    """Return the statement that sets the flag behind tests from which other paths leave without it."""
    setting = [statement for route in done for statement in route.statements if _sets(statement, {"true", "1"})]
    if not setting:
        return []
    without = [route for route in done if route.ends == "return"
               and not any(_flag(statement) == _flag(setting[0]) for statement in route.statements)]
    if not without:
        return []
    return [_Wrong(statement=setting[0], flag=_flag(setting[0]), passed=without[0].statements[-1],
                   why="is set only here: on a path that leaves earlier it says that nothing is shared")]


def _sets(statement: Statement, values: set[str]) -> bool:
    found = _FLAG.fullmatch(statement.text)
    return found is not None and found["value"] in values


def _flag(statement: Statement) -> str:
    found = _FLAG.fullmatch(statement.text)
    return found["flag"] if found else ""


def _place(statement: Statement) -> tuple[int, str]:
    return statement.line, statement.text


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence, wrong: _Wrong) -> Iterator[Finding]:
    arches = arches_where(analysis, position, occurrence, lambda fact: fact.may_fail is True)
    if not arches:
        return
    state, path = analysis.patched.states[position], occurrence.file.path
    steps = (wrong.passed,) if wrong.passed else ()
    finding = call_finding(
        rule, analysis, position, occurrence, arches=arches, fields={"flag": wrong.flag, "why": wrong.why},
        says=("too late" if wrong.passed else "cleared",),
        evidence=tuple(Evidence(kind="patch", file=path, line=step.line, text=step.text,
                                rev=f"after patch {state.index}, where a path leaves") for step in steps))
    own = replace(finding.evidence[0], line=wrong.statement.line, text=wrong.statement.text)
    yield replace(finding, line=wrong.statement.line, end_line=wrong.statement.line, code=wrong.statement.text,
                  evidence=(own, *finding.evidence))


STATE_FLAG = Kind(name="state-flag", fields=COMMON_FIELDS | {"flag", "why"}, states=_run, check_options=_check)

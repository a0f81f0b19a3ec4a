"""Kind `state-flag`: a flag that keeps book of whether memory is shared says something else than the calls have done.

Options: `api` (families or functions). A flag is what the code calls `decrypted` or `shared` and sets to true or false.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts import CallSite, FunctionFlow, Route, Statement
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.callers import no_caller_reaches
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["STATE_FLAG"]

_BACK = frozenset({"set_memory_encrypted"})
_FLAG = regex(r"(?P<flag>[\w.>\[\]-]*(?:decrypted|shared)\w*) = (?P<value>true|false|0|1);?")


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
        found += _late(flow, site, done)
    return found


def _late(flow: FunctionFlow, site: CallSite, done: tuple[Route, ...]) -> list[_Wrong]:
    """Return the statement that sets the flag where other paths leave without it while memory may be shared.

    A path that takes the memory back needs no flag unless that fails.
    """
    setting = [statement for route in done for statement in route.statements if _sets(statement, {"true", "1"})]
    if not setting:
        return []
    flag = _flag(setting[0])
    if any(_keeps(statement, flag) for statement in flow.before(site)):
        return []
    for route in done:
        if route.ends != "return" or any(_flag(statement) == flag and _keeps(statement, flag)
                                         for statement in route.statements):
            continue
        back = next(((statement, call) for statement in route.statements for call in statement.calls
                     if flow.takes_back(call, site, _BACK)), None)
        if back is None and not any(_flag(statement) == flag for statement in route.statements):
            return [_Wrong(statement=setting[0], flag=flag, passed=route.statements[-1],
                           why="is set only here: on a path that leaves earlier it says that nothing is shared")]
        if back and any(not any(_keeps(statement, flag) for statement in other.statements)
                        for other in flow.paths_after(back[1], "failure")):
            return [_Wrong(statement=setting[0], flag=flag, passed=back[0],
                           why=f"is set only here, too late for the error path on which '{back[1].callee}' may fail: "
                               "there it does not say that anything is shared")]
    return []


def _keeps(statement: Statement, flag: str) -> bool:
    return _sets(statement, {"true", "1"}) and _flag(statement) == flag


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

"""Kind `atomic-context`: a call that may sleep where nothing may sleep.

Options: `api` (families), `atomic` (a list of `rules/lists/`: what forbids sleeping until it is given back), `paths`
(a list: functions that run where nothing may sleep).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls
from reviewbot.checks.lists import list_option
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding

__all__ = ["ATOMIC_CONTEXT"]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "atomic", "paths"}))
    list_option(rule, "atomic")
    list_option(rule, "paths")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    forbidding, paths = list_option(rule, "atomic"), list_option(rule, "paths")
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        held = [text for text in flow.locks_at(site) if _taken_by(text) in forbidding]
        why = f"'{held[0]}' is held there" if held else ""
        if not held and occurrence.call.function in paths:
            why = f"'{occurrence.call.function}' runs in atomic context"
        arches = arches_where(analysis, position, occurrence, lambda fact: fact.sleeps is True) if why else ()
        if arches:
            evidence = tuple(Evidence(kind="patch", file=occurrence.file.path, line=statement.line,
                                      text=statement.text, rev="on the way to the call")
                             for statement in flow.before(site)
                             if any(call.callee in forbidding for call in statement.calls))
            yield call_finding(rule, analysis, position, occurrence, arches=arches, fields={"why": why},
                               evidence=evidence[-2:])


def _taken_by(text: str) -> str:
    """Return what takes the lock: `spin_lock` of `spin_lock(&lock)`, `raw_spinlock_irq` of a guard's first word."""
    name, _, rest = text.partition("(")
    return rest.split(")")[0].split(",")[0].strip() if name in {"guard", "scoped_guard"} else name


ATOMIC_CONTEXT = Kind(name="atomic-context", fields=COMMON_FIELDS | {"why"}, states=_run, check_options=_check)

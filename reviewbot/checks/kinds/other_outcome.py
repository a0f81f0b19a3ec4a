"""Kind `other-outcome`: what a function tells its caller when a call of it has failed, or worked, before and after.

Options: `api` (families or functions). Compared is what both sides come to on every way behind the same call, however
it is written: an error before and success now, or the other way round where the call has worked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewbot.cfacts import CallSite, FunctionFlow
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.feasible import feasibility
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import (
    COMMON_FIELDS,
    arches_where,
    call_before,
    call_finding,
    followed_calls,
)
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.checks.told_caller import Told, told_on
from reviewbot.findings.types import Evidence, Finding
from reviewbot.text import squash

__all__ = ["OTHER_OUTCOME"]

_FIELDS = COMMON_FIELDS | {"was", "now", "when"}


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        known, function = analysis.family.get(site.callee), occurrence.function
        old, tree = call_before(analysis, position, occurrence), analysis.before(position).tree
        followed = analysis.reading.follow(tree, occurrence.file.old_path, old) if old else None
        if known is None or known.returns != "int" or function is None or followed is None:
            continue
        returns, memory = function.returns, known.address_argument
        for failed in (False, True):
            was, now = (_told(one, at, returns, memory, failed=failed) for one, at in (followed, (flow, site)))
            wanted = ("error", "success") if failed else ("success", "error")
            if not was or not now or any(one.answer != wanted[0] for one in was):
                continue
            turned = next((one for one in now if one.answer == wanted[1]), None)
            arches = _arches(analysis, position, occurrence, failed=failed)
            if turned is not None and arches:
                yield call_finding(
                    rule, analysis, position, occurrence, arches=arches,
                    fields={"was": was[0].said, "now": turned.said, "when": "fails" if failed else "has worked"},
                    evidence=(Evidence(kind="patch", file=occurrence.file.old_path, line=followed[1].line,
                                       text=squash(old.statement) if old else "",
                                       rev=f"before patch {analysis.patched.states[position].index}"),))
                break


def _told(flow: FunctionFlow, site: CallSite, returns: str, memory: int | None, *, failed: bool) -> Sequence[Told]:
    """Return what is told on each way behind the call that ends in a return; nothing where one is not known."""
    found = []
    for route in flow.paths_after(site, "failure" if failed else "success"):
        if route.ends == "rest":
            return ()
        if route.ends == "return":
            found.append(told_on(flow, site, route, returns=returns, memory=memory, failed=failed))
    return found


def _arches(analysis: Analysis, position: int, occurrence: Occurrence, *, failed: bool) -> tuple[str, ...]:
    """Return the architectures on which it matters: of a failure those on which it can come."""
    if not failed:
        return arches_where(analysis, position, occurrence, lambda _: True)
    side = analysis.after(position)
    return tuple(arch for arch in arches_where(analysis, position, occurrence, lambda fact: fact.may_fail is not False)
                 if feasibility(analysis, side, occurrence.file.path, occurrence.call, arch).answer
                 in {"can", "unknown"})


OTHER_OUTCOME = Kind(name="other-outcome", fields=_FIELDS, changes=_run, check_options=_check)

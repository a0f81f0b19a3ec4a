"""Kind `other-outcome`: what a function tells its caller when a call of it has failed, or worked, before and after.

Options: `api` (families or functions). Compared is what both sides come to on every way behind the same call, however
it is written: an error before and success now, or the other way round where the call has worked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewbot.cfacts import CallSite, FunctionFlow
from reviewbot.cfacts.types import Call, Function
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arguments import parameter_names
from reviewbot.checks.feasible import feasibility
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.call_finding import (
    COMMON_FIELDS,
    arches_where,
    call_before,
    call_finding,
    followed_calls,
)
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.checks.told_caller import Told, sense_of, told_on
from reviewbot.findings.types import Evidence, Finding
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["OTHER_OUTCOME"]

_FIELDS = COMMON_FIELDS | {"was", "now", "when"}


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A call of the family, `site` in `flow`, and what stands for it after the patch (`now`): itself, or the call of a
    new helper that makes it. `memory`: the arguments that name the memory; `turned`: the helper is false where the call
    has failed."""

    occurrence: Occurrence
    old: Call
    flow: FunctionFlow
    site: CallSite
    now: tuple[FunctionFlow, CallSite]
    memory: tuple[int | None, int | None]
    turned: bool = False


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for pair in (*_pairs(rule, analysis, position), *_behind_helpers(rule, analysis, position)):
        function, site = pair.now[0].name, pair.now[1]
        facts = analysis.after(position).facts.get(pair.occurrence.file.path)
        returns = next((one.returns for one in (facts.functions if facts else ()) if one.name == function), "")
        for failed in (False, True):
            was = _told(pair.flow, pair.site, returns, pair.memory[0], failed=failed, way=failed)
            now = _told(*pair.now, returns, pair.memory[1], failed=failed, way=failed is not pair.turned)
            wanted = ("error", "success") if failed else ("success", "error")
            if not was or not now or any(one.answer != wanted[0] for one in was):
                continue
            if not failed and any(one.answer != wanted[1] for one in now):
                continue  # a way out of its own for something else is none for the call that worked
            turned = next((one for one in now if one.answer == wanted[1]), None)
            arches = _arches(analysis, position, pair.occurrence, failed=failed) if turned else ()
            if turned is not None and arches:
                found = call_finding(
                    rule, analysis, position, pair.occurrence, arches=arches,
                    fields={"was": was[0].said, "now": turned.said, "when": "fails" if failed else "has worked",
                            "function": function},
                    evidence=(Evidence(kind="patch", file=pair.occurrence.file.old_path, line=pair.site.line,
                                       text=squash(pair.old.statement),
                                       rev=f"before patch {analysis.patched.states[position].index}"),))
                yield replace(found, line=site.line, end_line=max(site.line, found.end_line), function=function) \
                    if site.callee != found.symbol else found
                break


def _pairs(rule: Rule, analysis: Analysis, position: int) -> Iterator[_Pair]:
    """Yield the calls that stand in the same function on both sides."""
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        known, old = analysis.family.get(site.callee), call_before(analysis, position, occurrence)
        tree = analysis.before(position).tree
        followed = analysis.reading.follow(tree, occurrence.file.old_path, old) if old else None
        if known is not None and known.returns == "int" and old is not None and followed is not None:
            yield _Pair(occurrence=occurrence, old=old, flow=followed[0], site=followed[1], now=(flow, site),
                        memory=(known.address_argument, known.address_argument))


def _behind_helpers(rule: Rule, analysis: Analysis, position: int) -> Iterator[_Pair]:
    """Yield the calls that a new helper of the file makes now, once, and whose result it hands on or turns round."""
    wanted = analysis.wanted(names_option(rule, "api"))
    before, after = analysis.before(position), analysis.after(position)
    for occurrence in analysis.occurrences(position):
        file, call = occurrence.file, occurrence.call
        wrapper, facts = after.wrapper(call.callee, file.path), before.facts.get(file.old_path)
        inner = [one for one in wrapper.calls if one.callee in wanted] if wrapper is not None else []
        if wrapper is None or facts is None or wrapper.file != file.path or len(inner) != 1 \
                or any(one.name == wrapper.name for one in facts.functions):
            continue
        known = analysis.family.get(inner[0].callee)
        olds = [one for one in facts.calls if (one.function, one.callee) == (call.function, inner[0].callee)]
        flows = [analysis.reading.follow(side.tree, path, one) for side, path, one in (
            (before, file.old_path, olds[0]), (after, file.path, call), (after, file.path, inner[0]))] \
            if len(olds) == 1 and known is not None and known.returns == "int" else []
        if known is None or len(flows) != 3 or None in flows or inner[0].callee in (
                occurrence.function.calls_all if occurrence.function else ()):
            continue
        old, now, within = (one for one in flows if one is not None)
        senses = {sense_of(*within, failed=failed) for failed in (False, True)}
        if len(senses) == 1 and (turned := next(iter(senses))) is not None:
            yield _Pair(occurrence=Occurrence(file=file, call=inner[0], function=wrapper.function, added=True),
                        old=olds[0], flow=old[0], site=old[1], now=now, turned=turned,
                        memory=(known.address_argument, _handed(wrapper.function, *within, known.address_argument)))


def _handed(helper: Function, flow: FunctionFlow, site: CallSite, number: int | None) -> int | None:
    """Return the parameter of a helper that an argument of its call is; None for none."""
    if number is None or number >= len(site.arguments):
        return None
    names, thing = parameter_names(helper), flow.object_in(site.arguments[number])
    return names.index(thing) if thing in names else None


def _told(flow: FunctionFlow, site: CallSite, returns: str, memory: int | None, *, failed: bool, way: bool
          ) -> Sequence[Told]:
    """Return what is told on each way behind the call that ends in a return, of those of a failure or (`way`) of none;
    nothing where one is not known."""
    found = []
    for route in flow.paths_after(site, "failure" if way else "success"):
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

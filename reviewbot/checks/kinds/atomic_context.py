"""Kind `atomic-context`: a call that may sleep where nothing may sleep.

Options: `api` (families), `atomic` (a list of `rules/lists/`: what forbids sleeping until it is given back), `paths`
(a list: functions that run where nothing may sleep).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.arch import Fact
from reviewbot.cfacts import CallSite, FunctionFlow, object_of
from reviewbot.cfacts.vocabulary import LOCKS
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.callers import no_caller_reaches
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls
from reviewbot.checks.leaves import Leaf, can_hold, leaves_of
from reviewbot.checks.lists import list_option
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import Where, at_leaf, facts_here, is_idle, running_at, where_of
from reviewbot.contracts.places import known_contexts
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import And

__all__ = ["ATOMIC_CONTEXT"]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "atomic", "paths"}))
    list_option(rule, "atomic")
    list_option(rule, "paths")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        why = _forbidden(rule, occurrence, flow, site)
        arches = arches_where(analysis, position, occurrence, _sleeps) if why else ()
        if arches:
            yield call_finding(rule, analysis, position, occurrence, arches=arches,
                               fields={"why": why, "what": f"'{occurrence.call.callee}'"},
                               evidence=_taken_before(rule, occurrence, flow, site))
    yield from _through_helpers(rule, analysis, position)


def _through_helpers(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    """Yield the calls of helpers that come to what may sleep: the helper itself may be as it always was."""
    side, wanted = analysis.after(position), analysis.wanted(names_option(rule, "api"))
    for occurrence in analysis.occurrences(position):
        call, path = occurrence.call, occurrence.file.path
        if call.callee in wanted or call.use == "in-macro" or not call.function \
                or side.wrapper(call.callee, path) is None or not _may_forbid(rule, occurrence) \
                or no_caller_reaches(analysis, side, occurrence):
            continue
        followed = analysis.reading.follow(side.tree, path, call)
        why = _forbidden(rule, occurrence, *followed) if followed else ""
        if followed is None or not why:
            continue
        locks = _forbidding(rule, *followed)
        where = where_of(analysis, position, path, call)
        for leaf in leaves_of(side, call.callee, near=path, arguments=call.arguments, primitives=analysis.primitives,
                              values=call.values):
            there = at_leaf(where, leaf)
            arches = _sleeping_on(analysis, there, leaf) if leaf.primitive in wanted and _is_under(
                analysis, position, leaf, locks) else ()
            if arches and not _is_brought(analysis, position, leaf):
                inside = {"callee": call.callee, "inner": leaf.primitive, "place": f"{leaf.file}:{leaf.line}"}
                yield call_finding(
                    rule, analysis, position, occurrence, arches=arches, symbol=leaf.primitive, wheres=(there,),
                    fields={"why": why, "what": rule.notes["inside"].format_map(inside),
                            "object": object_of(leaf.arguments[0]) if leaf.arguments else "the range"},
                    evidence=_taken_before(rule, occurrence, *followed))
                break


def _may_forbid(rule: Rule, occurrence: Occurrence) -> bool:
    """Return whether the function around a call has anything by which nothing may sleep in it."""
    called = set(occurrence.function.calls_all) if occurrence.function else set()
    return occurrence.call.function in list_option(rule, "paths") or not called.isdisjoint(
        {*list_option(rule, "atomic"), "guard", "scoped_guard"})


def _sleeps(fact: Fact) -> bool:
    return fact.sleeps is True


def _sleeping_on(analysis: Analysis, where: Where, leaf: Leaf) -> tuple[str, ...]:
    """Return the architectures that can get to a helper's call and on which what is called there may sleep."""
    if not can_hold(And(leaf.sure, leaf.when)):
        return ()
    return tuple(arch for arch in running_at(analysis, where) if any(
        fact.is_real and not is_idle(fact) and _sleeps(fact)
        for fact in facts_here(analysis, where, arch, leaf.primitive)))


def _is_brought(analysis: Analysis, position: int, leaf: Leaf) -> bool:
    """Return whether the patch itself adds the call inside the helper: what comes to sleep is another question."""
    return any(leaf.line in file.added for file in analysis.patched.states[position].files if file.path == leaf.file)


def _is_under(analysis: Analysis, position: int, leaf: Leaf, locks: list[str]) -> bool:
    """Return whether a helper's call runs as its caller does: no helper on the way gives up what the caller holds, or
    asks where it runs."""
    given = {give for take, give in LOCKS if any(lock.startswith(f"{take}(") for lock in locks)}
    stopping = given | known_contexts().lists["asks"]
    side = analysis.after(position)
    return not any(stopping & set(wrapper.function.calls_all) for name, path in zip(leaf.via, leaf.files, strict=False)
                   for wrapper in side.visible_wrappers(name, path))


def _forbidding(rule: Rule, flow: FunctionFlow, site: CallSite) -> list[str]:
    """Return what is held at the call and forbids to sleep."""
    forbidding = list_option(rule, "atomic")
    return [text for text in flow.locks_at(site) if _taken_by(text) in forbidding]


def _forbidden(rule: Rule, occurrence: Occurrence, flow: FunctionFlow, site: CallSite) -> str:
    """Return why nothing may sleep at the call, empty where it may."""
    held = _forbidding(rule, flow, site)
    if not held and occurrence.call.function in list_option(rule, "paths"):
        return f"'{occurrence.call.function}' runs in atomic context"
    return f"'{held[0]}' is held there" if held else ""


def _taken_before(rule: Rule, occurrence: Occurrence, flow: FunctionFlow, site: CallSite) -> tuple[Evidence, ...]:
    forbidding = list_option(rule, "atomic")
    return tuple(Evidence(kind="patch", file=occurrence.file.path, line=statement.line, text=statement.text,
                          rev="on the way to the call")
                 for statement in flow.before(site)
                 if any(call.callee in forbidding for call in statement.calls))[-2:]


def _taken_by(text: str) -> str:
    """Return what takes the lock: `spin_lock` of `spin_lock(&lock)`, `raw_spinlock_irq` of a guard's first word."""
    name, _, rest = text.partition("(")
    return rest.split(")")[0].split(",")[0].strip() if name in {"guard", "scoped_guard"} else name


ATOMIC_CONTEXT = Kind(name="atomic-context", fields=COMMON_FIELDS | {"why", "what", "inner", "place"}, states=_run,
                      check_options=_check, notes=lambda _: ("inside",))

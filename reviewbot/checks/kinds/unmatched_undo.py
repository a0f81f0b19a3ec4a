"""Kind `unmatched-undo`: a function takes back more than it has done: on another condition, or with another size.

Options: `api` (families or functions). Looked at is a call that gives back (`restores` in `rules/api/`) what another
call of the same function has changed. It does not match when a path reaches it around that call, although both ways go
on together in between; or when it names another part of the same range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts import CallSite, FunctionFlow, Statement, object_of, parse_c_condition
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.ranges import assigned_names, size_of
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import Cond, Not, Ternary
from reviewbot.patterns import regex
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["UNMATCHED_UNDO"]

_LONGEST = 72  # characters of a test that a sentence has
_NAME = regex(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Odd:
    """An undo that does not match: of the call `done`, for the reason `why`; `steps` show it. `cure` is what it might
    do instead."""

    done: CallSite
    why: str
    cure: str
    steps: tuple[Statement, ...]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        odd = _odd(analysis, flow, site)
        if odd is not None:
            yield from _finding(rule, analysis, position, occurrence, odd)


def _odd(analysis: Analysis, flow: FunctionFlow, site: CallSite) -> _Odd | None:
    """Return why the call takes back something else than what was done; None when it does not, or nobody can tell."""
    known = analysis.family.get(site.callee)
    if known is None or not known.restores or known.address_argument is None:
        return None
    names = frozenset(other.name for other in analysis.family.functions if known.name in other.undone_by)
    memory = flow.names_of(site, known.address_argument)
    for done in flow.calls(*names):
        other = analysis.family.get(done.callee)
        if done == site or other is None or other.address_argument is None:
            continue
        if done.callee == site.callee and done.arguments[-1] == site.arguments[-1]:
            continue
        if memory.isdisjoint(flow.names_of(done, other.address_argument)):
            continue
        if flow.runs_after(site, done, "success") is not Ternary.YES or flow.runs_after(done, site, "any") \
                is not Ternary.NO:
            continue
        size, given = size_of(done.arguments, other), size_of(site.arguments, known)
        if _other_part(flow, size, given):
            return _Odd(done=done, why=f"with the size '{given}', not '{size}'", steps=(),
                        cure=f"take the size that {done.callee}() took")
        around = _around(flow, site, done)
        if around is not None:
            return around
    return None


def _other_part(flow: FunctionFlow, size: str, given: str) -> bool:
    """Return whether one size is the other with something added: `pages` and `pages + 1`; names keep their values."""
    shorter, longer = sorted((size, given), key=len)
    if not re.fullmatch(rf"{re.escape(shorter)} [-+*] \w+|\w+ [+*] {re.escape(shorter)}", longer):
        return False
    names = re.findall(r"[A-Za-z_]\w*", longer)
    return not any(assigned_names(flow, name) > 1 for name in names)


def _around(flow: FunctionFlow, site: CallSite, done: CallSite) -> _Odd | None:
    """Return the way to the undo that skips what it undoes, and joins the other way before something fails."""
    way = flow.way_around(site, past=done)
    if way.answer is not Ternary.NO or flow.guards(site) != tuple(
            guard for guard in flow.guards(site)
            if guard in flow.guards(done) or _asks_result(flow, str(guard.condition))):
        return None
    guards = {(guard.line, Not(guard.condition)) for guard in flow.guards(done)}
    skipping = next((number for number, step in enumerate(way.missing) if step.branch
                     and (step.line, _taken(step)) in guards and not _is_result(flow, step)), None)
    both = {(step.line, step.text) for route in flow.paths_after(done, "success") for step in route.statements}
    arms = _past_arms(flow, done, way.missing, both) if skipping is None else None
    if skipping is None and arms is None:
        return None
    at = skipping if skipping is not None else arms[0] if arms else 0
    for step in way.missing[at + 1:]:
        if (step.line, step.text) in both and any(_may_go_well(flow, call, site) for call in step.calls):
            test = way.missing[at]
            asked, answer = (_condition(test.text), arms[1]) if arms else (
                test.asked or _condition(test.text), test.branch)
            where = f"when '{asked}' is {answer} and nothing was changed" if len(asked) <= _LONGEST else \
                "on a way that skips that call, so that nothing was changed"
            return _Odd(done=done, steps=(test, step), why=f"also {where}",
                        cure=f"be called only where {done.callee}() was")
    return None


def _past_arms(flow: FunctionFlow, done: CallSite, way: tuple[Statement, ...], both: set[tuple[int, str]]
               ) -> tuple[int, str] | None:
    """Return the step at which a way leaves the `if (a || b)` around the call out, and what that is then.

    No single part of such a condition is a guard of the call. None where the way asks one of its names again.
    """
    meeting = next((number for number, step in enumerate(way) if (step.line, step.text) in both), 0)
    guards = {(guard.line, guard.condition) for guard in flow.guards(done)}
    for number, step in reversed(list(enumerate(way[:meeting]))):
        whole = _condition(step.text)
        asked = parse_c_condition(whole.encode()) if step.branch and step.asked != whole else None
        if asked is None or _is_result(flow, step) or not {(step.line, asked), (step.line, Not(asked))} & guards:
            continue
        names = set(_NAME.findall(whole))
        later = {name for other in way[meeting:] if other.branch for name in _NAME.findall(_condition(other.text))}
        return None if names & later else (number, "false" if (step.line, asked) in guards else "true")
    return None


def _taken(step: Statement) -> Cond:
    """Return what is so where a test goes the way that it goes on the path."""
    asked = parse_c_condition((step.asked or _condition(step.text)).encode())
    return asked if step.branch == "true" else Not(asked)


def _is_result(flow: FunctionFlow, step: Statement) -> bool:
    """Return whether a test looks at what an earlier call gave; a question such as `has(FEATURE)` does not."""
    return not (step.asked or _condition(step.text)).endswith(")") and _asks_result(flow, step.asked or step.text)


def _asks_result(flow: FunctionFlow, text: str) -> bool:
    """Return whether a test only asks how some call has ended: `err`, `!err`, `err < 0` of what a call gave, `f(x)`."""
    asked = re.fullmatch(r"!?\(?(\w+(?:\(.*\))?)\)?(?: (?:[<>]=?|[!=]=) -?\w+)?", _condition(text))
    if asked is None or asked[1].endswith(")"):
        return asked is not None
    given = re.compile(rf"(?<![\w.>]){re.escape(asked[1])} = \w+\(")
    return any(given.search(one) for one in flow.texts())


def _condition(text: str) -> str:
    """Return what a test asks, without its `if`."""
    return re.sub(r"^(?:if|while) ?\((.*)\)$", r"\1", squash(text)).strip()


def _may_go_well(flow: FunctionFlow, call: CallSite, site: CallSite) -> bool:
    """Return whether some way from the call leaves the function without the undo."""
    return any(route.ends == "return" and not any(site in step.calls for step in route.statements)
               for route in flow.paths_after(call))


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence, odd: _Odd) -> Iterator[Finding]:
    arches = arches_where(analysis, position, occurrence, lambda fact: fact.is_real)
    if not arches:
        return
    state, path = analysis.patched.states[position], occurrence.file.path
    rev = f"after patch {state.index}"
    steps = [Evidence(kind="patch", file=path, line=odd.done.line, rev=rev,
                      text=f"{odd.done.callee}({', '.join(odd.done.arguments)})")]
    steps += [Evidence(kind="patch", file=path, line=step.line, text=step.told, rev=rev) for step in odd.steps]
    yield call_finding(rule, analysis, position, occurrence, arches=arches, evidence=tuple(steps), fields={
        "done": odd.done.callee, "why": odd.why, "cure": odd.cure, "object": object_of(occurrence.call.arguments[0])})


UNMATCHED_UNDO = Kind(name="unmatched-undo", fields=COMMON_FIELDS | {"cure", "done", "why"}, states=_run,
                      check_options=_check)

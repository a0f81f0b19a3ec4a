"""Whether a call only runs where another one of the family has failed, and whether that failure can come at all."""

from __future__ import annotations

from collections.abc import Mapping

from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.definitions import fact_under
from reviewbot.checks.feasible import feasibility
from reviewbot.checks.leaves import Leaf
from reviewbot.logic import Ternary

__all__ = ["never_runs"]

_MOST_NEAR = 12  # other calls that one call is compared with


def never_runs(analysis: Analysis, side: Side, path: str, call: Call, leaf: Leaf, arch: str,
               values: Mapping[str, bool]) -> bool:
    """Return whether a call, in `path` at that moment, or the innermost one of the helpers behind it, only runs where a
    function of the family has failed that has no failure on the architecture in this configuration."""
    steps = [(path, call), *([(leaf.file, leaf.call)] if leaf.call is not None else [])]
    return any(_always_works(analysis, side, where, other, arch, values)
               for where, one in steps for other in _failed_before(analysis, side, where, one))


def _always_works(analysis: Analysis, side: Side, path: str, call: Call, arch: str, values: Mapping[str, bool]) -> bool:
    fact = fact_under(analysis, side, arch, call.callee, values)
    if fact is None or fact.status == "undeclared" or fact.may_fail is None:
        return False
    met = feasibility(analysis, side, path, call, arch, fact=fact)
    return met.answer == "cannot" and not met.trusted


def _failed_before(analysis: Analysis, side: Side, path: str, call: Call) -> tuple[Call, ...]:
    """Return the family's calls in the function around a call, each of which must have failed where it runs."""
    key = (id(side.tree), path, call.span.line, call.span.column)
    if key not in analysis.failed_before:
        # The tree is kept with its answer, so that no other tree can get its id.
        analysis.failed_before[key] = side.tree, tuple(_find(analysis, side, path, call))
    return analysis.failed_before[key][1]


def _find(analysis: Analysis, side: Side, path: str, call: Call) -> list[Call]:
    facts = side.facts.get(path)
    around = side.function_at(path, call.span.line)
    others = [one for one in (facts.calls if facts else ()) if around is not None and one.span != call.span
              and one.function == call.function and one.use == "handled" and one.callee in analysis.primitives
              and analysis.returns(one.callee) == "int"
              and around.span.line <= one.span.line <= around.span.end_line]
    if not others:
        return []
    others = sorted(others, key=lambda one: abs(one.span.line - call.span.line))[:_MOST_NEAR]
    followed = analysis.reading.follow(side.tree, path, call)
    if followed is None:
        return []
    flow, site = followed
    found = []
    for one in others:
        other = flow.call_at(one.span.line, one.callee)
        if other is not None and flow.runs_after(site, other, "success") is Ternary.NO \
                and flow.is_behind(site, past=other) is Ternary.YES:
            found.append(one)
    return found

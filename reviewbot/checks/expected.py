"""Which names a review will probably ask the whole tree for: they are searched for together, in one pass over it."""

from __future__ import annotations

import re
from functools import partial

from reviewbot.arch import Fact
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.contracted import names_asked

__all__ = ["expect_names", "search_ahead"]

_MOST_WORKERS = 12
_MOST_TESTED = 16
_CALLED = re.compile(r"\b([A-Za-z_]\w{3,})\(")


def expect_names(analysis: Analysis) -> None:
    """Let the first search of the tree look for all names that later questions will need as well."""
    analysis.holders.expect(partial(_expected, analysis))


def search_ahead(analysis: Analysis) -> None:
    """Start the one search of the tree, and the one of its headers for what stands in tests around touched calls."""
    start = analysis.patched.start
    analysis.holders.search_ahead(start)
    tested = {name for position, _ in analysis.states() for occurrence in analysis.occurrences(position)
              for guard in occurrence.call.guards for variable in guard.condition.variables()
              for name in _CALLED.findall(variable)}
    if tested:
        start.search_ahead(sorted(tested)[:_MOST_TESTED], prefixes=("include", "arch"), suffixes=(".h",))


def _expected(analysis: Analysis) -> frozenset[str]:
    return names_asked(analysis) | analysis.callers | analysis.with_others(()) | _workers(analysis)


def _workers(analysis: Analysis) -> frozenset[str]:
    """Return the inner calls whose failure is lost in what the series calls or redefines, as the model knows them."""
    asked = analysis.asked_together
    release = analysis.model.nearest(analysis.version)
    found = {name for arch in (analysis.model.generic, *analysis.model.own) for fact in arch.facts
             if fact.symbol in asked and release in fact.versions for name in _inner(fact)}
    return frozenset(sorted(found)[:_MOST_WORKERS])


def _inner(fact: Fact) -> tuple[str, ...]:
    return tuple(name for name in fact.drops if name.isidentifier())

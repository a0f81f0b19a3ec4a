"""Which names a review will probably ask the whole tree for: they are searched for together, in one pass over it."""

from __future__ import annotations

from functools import partial

from reviewbot.arch import Fact
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.contracted import names_asked

__all__ = ["expect_names"]

_MOST_WORKERS = 12


def expect_names(analysis: Analysis) -> None:
    """Let the first search of the tree that cannot be spared look for all names that others will need as well."""
    analysis.holders.expect(partial(_expected, analysis))


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

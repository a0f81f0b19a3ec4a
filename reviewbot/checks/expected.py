"""Which names a review will probably ask the whole tree for: they are searched for together, in one pass over it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.contracted import names_asked
from reviewbot.patterns import regex
from reviewbot.text import decode

__all__ = ["expect_names", "search_ahead"]

_MOST_WORKERS = 12
_MOST_TESTED = 16
_MOST_BESIDE = 8
_MOST_CALLED = 24
_MOST_ASKED = 8
_QUESTION = regex(rb"(?<![\w.>])(?!(?:defined|[A-Z_]+)\()([A-Za-z_]\w{5,})\((?:[A-Z]\w*)?\)(?=[^;{}]*?\))")
_CALLED = regex(r"\b([A-Za-z_]\w{3,})\(")


def expect_names(analysis: Analysis) -> None:
    """Let the first search of the tree look for all names that later questions will need as well."""
    analysis.holders.expect(partial(_expected, analysis))


def search_ahead(analysis: Analysis) -> None:
    """Start the one search of the tree, and the one of its headers for what stands in tests around touched calls and
    around others in the same files, and for what these files call anew."""
    start = analysis.patched.start
    analysis.holders.search_ahead(start)
    tested = _tested(one.call for position, _ in analysis.states() for one in analysis.occurrences(position))
    beside = _tested(call for position, state in analysis.states() for file in state.files
                     for facts in (analysis.after(position).facts.get(file.path),) if facts for call in facts.calls)
    called = _called(analysis) - tested - beside
    names = [*sorted(tested)[:_MOST_TESTED], *sorted(beside - tested)[:_MOST_BESIDE], *sorted(called)[:_MOST_CALLED]]
    if names:
        start.search_ahead(sorted(names), prefixes=("include", "arch"), suffixes=(".h",))


def _tested(calls: Iterable[Call]) -> set[str]:
    """Return the functions that the tests in front of these calls ask."""
    return {name for call in calls for guard in call.guards for variable in guard.condition.variables()
            for name in _CALLED.findall(variable)}


def _called(analysis: Analysis) -> set[str]:
    """Return what C files with a call of the family call on added lines and nowhere before."""
    found: set[str] = set()
    for position, state in analysis.states():
        facts = analysis.after(position).facts
        for file in (one for one in state.files if one.path in facts and one.path.endswith(".c") and one.after):
            rows, before = decode(file.after or b"").split("\n"), file.before or b""
            names = {name for number in file.added if number <= len(rows) for name in _CALLED.findall(rows[number - 1])}
            found.update(name for name in names if not name.isupper() and name.encode() not in before)
    return found - analysis.family.names()


def _expected(analysis: Analysis) -> frozenset[str]:
    return names_asked(analysis) | analysis.callers | analysis.with_others(()) | _workers(analysis) \
        | _questions(analysis)


def _questions(analysis: Analysis) -> frozenset[str]:
    """Return what tests on changed lines of files with a call of the family ask: what it comes to may be compared."""
    found: set[str] = set()
    for position, state in analysis.states():
        facts = analysis.after(position).facts
        for file in (one for one in state.files if one.path in facts and one.path.endswith((".c", ".h"))):
            for data, lines in ((file.before or b"", file.removed), (file.after or b"", file.added)):
                rows = data.split(b"\n")
                found.update(asked.decode("latin-1") for number in lines if number <= len(rows)
                             for asked in _QUESTION.findall(rows[number - 1]))
    return frozenset(sorted(found)[:_MOST_ASKED])


def _workers(analysis: Analysis) -> frozenset[str]:
    """Return the inner calls whose failure is lost in what the series calls or redefines, as the model knows them."""
    asked = analysis.asked_together
    release = analysis.model.nearest(analysis.version)
    found = {name for arch in (analysis.model.generic, *analysis.model.own) for fact in arch.facts
             if fact.symbol in asked and release in fact.versions for name in _inner(fact)}
    return frozenset(sorted(found)[:_MOST_WORKERS])


def _inner(fact: Fact) -> tuple[str, ...]:
    return tuple(name for name in fact.drops if name.isidentifier())

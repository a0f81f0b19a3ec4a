"""Kind `unasked-flush`: a function that leaves the TLB flush to its caller, by its name, and flushes all the same.

Two places matter: a new call in a loop, where the caller means to flush once and pays for each round, and (as a note) a
patch whose code makes such a function flush. A call under a spinlock is `atomic-context`: what flushes may sleep too.

Options: `api` (functions that are named for not flushing).
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.arch import Derived, Fact
from reviewbot.arch.agreement import files_of
from reviewbot.arch.derive import may_flush
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.definitions import definition_of, facts_of
from reviewbot.checks.draft import Spot, draft_finding, table_for
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls, repeats
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.text import quote_names
from reviewbot.values import dataclass

__all__ = ["UNASKED_FLUSH"]

_CALLED = regex(r"\b([A-Za-z_]\w*)[ \t]*\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A function that flushes after the patch and did not before it, or was not there."""

    fact: Fact
    code: Derived


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api"}))


def _changes(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    made = list(_made(rule, analysis, position))
    if made:
        yield _definition(rule, analysis, position, made)


def _in_loops(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        if len(site.arguments) > 1 and site.arguments[-1] in {"true", "1"}:
            continue  # a page that becomes valid is in no TLB, and some architectures make use of that
        known = analysis.family.get(site.callee)
        if not repeats(flow, site, frozenset(known.undone_by if known else ())):
            continue
        arches = arches_where(analysis, position, occurrence, lambda fact: fact.flushes is True)
        others = arches_where(analysis, position, occurrence, lambda fact: fact.flushes is False)
        unsure = arches_where(analysis, position, occurrence, lambda fact: fact.flushes is None)
        if arches and (others or unsure):
            each = "page" if site.arguments[1:2] in ((), ("1",)) or len(site.arguments) < 3 else "round"
            yield call_finding(rule, analysis, position, occurrence, arches=arches, fields={
                "why": f"'{occurrence.call.function}' calls it in a loop, once a {each}", "alike": "",
                "others": quote_names(others)}, notes=(rule.notes.get("others", ""),) if others else ())


def _function(finding: Finding) -> tuple[object, ...]:
    """Return the function: a loop and the one that undoes it are one thought."""
    return finding.file, finding.function


def _made(rule: Rule, analysis: Analysis, position: int) -> Iterator[_Made]:
    """Yield the functions whose code the patch makes flush, architecture by architecture."""
    touched = {file.path for file in analysis.patched.states[position].files
               if file.whole}
    if not any(may_flush(name) or name in analysis.workers for name in _called_anew(analysis, position)):
        return  # to derive what functions do is work, and without such a call nothing comes to flush
    before, after = analysis.before(position), analysis.after(position)
    for symbol in names_option(rule, "api"):
        for fact in (fact for arch in analysis.arches for fact in facts_of(analysis, arch, symbol)[:1]):
            files = {fact.defined_in.split(":")[0], *(path for paths in files_of(fact).values() for path in paths)}
            if not fact.is_real or not files & touched:
                continue
            code = analysis.reading.derived(after.tree, fact)
            old = analysis.reading.derived(before.tree, fact)
            if code is not None and code.flushes and not (old.flushes if old else _was(analysis, position, fact)):
                yield _Made(fact=fact, code=code)


def _called_anew(analysis: Analysis, position: int) -> set[str]:
    """Return the names that stand before a bracket on the lines that the patch adds to C files."""
    names: set[str] = set()
    for file in analysis.patched.states[position].files:
        lines = (file.after or b"").decode("latin-1").splitlines() if file.path.endswith((".c", ".h")) else []
        names.update(name for number in file.added if number <= len(lines)
                     for name in _CALLED.findall(lines[number - 1]))
    return names


def _was(analysis: Analysis, position: int, fact: Fact) -> bool:
    """Return whether the function stood somewhere else before the patch: code that moves is not made to flush."""
    place = definition_of(analysis, analysis.before(position), fact.symbol, fact)
    return bool(place and place.line and place.file != fact.defined_in.split(":")[0])


def _definition(rule: Rule, analysis: Analysis, position: int, made: list[_Made]) -> Finding:
    """Return one finding for all functions that the patch makes flush: they are one decision of its author.

    A note: whoever writes a flush knows of it, and it is the callers that must learn of it.
    """
    first, state = made[0], analysis.patched.states[position]
    arches = tuple(dict.fromkeys(one.fact.arch for one in made))
    names = tuple(dict.fromkeys(one.code.symbol for one in made))
    fields = {"function": first.code.symbol, "callee": first.code.symbol, "object": "the page",
              "arches": quote_names(arches), "why": "this patch makes it so", "others": "",
              "alike": quote_names(names[1:])}
    note = rule.notes.get("alike", "") if names[1:] else ""
    marks = dict.fromkeys(mark for one in made for title, mark in one.code.evidence if title.startswith("flush "))
    evidence = [Evidence(kind="patch", file=mark.file, line=mark.line, text=mark.text, rev=f"after patch {state.index}")
                for mark in marks]
    evidence += [Evidence(kind="patch", file=one.code.file, line=one.code.line, text=f"{one.code.symbol}() flushes too",
                          rev=f"after patch {state.index}") for one in made[1:]]
    side = analysis.after(position)
    spot = Spot(file=first.code.file, line=first.code.line, end_line=first.code.line, function=first.code.symbol,
                symbol=first.code.symbol, side=side)
    return draft_finding(rule, state, spot, fields, message_id=analysis.message_id(state.index), level="note",
                         evidence=tuple(evidence[:8]), arches=arches,
                         table=table_for(analysis, side, first.code.symbol, arches),
                         notes=(note.format_map(fields),) if note else ())


UNASKED_FLUSH = Kind(name="unasked-flush", fields=COMMON_FIELDS | {"why", "others", "alike"}, states=_in_loops,
                     changes=_changes, check_options=_check, once=_function,
                     notes=lambda _: ("others", "alike"))

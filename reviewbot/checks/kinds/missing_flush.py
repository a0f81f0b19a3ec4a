"""Kind `missing-flush`: a function that leaves the TLB flush to its caller is called, and nobody flushes.

Options: `api` (functions that take access away), `flushes` (a list of `rules/lists/`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.cfacts import functions_of
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.kinds.base import Kind, options_within
from reviewbot.checks.kinds.call_finding import COMMON_FIELDS, arches_where, call_finding, followed_calls
from reviewbot.checks.lists import list_option
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.findings.types import Evidence, Finding
from reviewbot.logic import Ternary
from reviewbot.patterns import regex
from reviewbot.text import decode, quote_names, squash

__all__ = ["MISSING_FLUSH"]


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "flushes"}))
    list_option(rule, "flushes")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    flushes = frozenset(list_option(rule, "flushes"))
    for occurrence, flow, site in followed_calls(rule, analysis, position):
        if len(site.arguments) > 1 and site.arguments[-1] not in {"false", "0"}:
            continue  # set_direct_map_valid_noflush(page, nr, valid) only takes away where it says so
        known = analysis.family.get(site.callee)
        here = flushes | _flushing(analysis, position, occurrence, flushes)
        passing = flow.always_passes(site, here, "success", argument=None,
                                     undo=frozenset(known.undone_by if known else ()))
        if passing.answer is not Ternary.NO or _a_caller_flushes(analysis, position, occurrence, flushes):
            continue
        arches = arches_where(analysis, position, occurrence, lambda fact: fact.flushes is False)
        others = arches_where(analysis, position, occurrence, lambda fact: fact.flushes is True)
        if arches and not _is_meant(analysis, position, occurrence):
            last = passing.missing[-1:] if passing.missing else ()
            note = rule.notes.get("others", "") if others else ""
            called = occurrence.function.calls_all if occurrence.function else ()
            who = _SOME_WAYS if here & set(called) else _NOBODY
            yield call_finding(
                rule, analysis, position, occurrence, arches=arches,
                fields={"others": quote_names(others), "who": who}, notes=(note,),
                evidence=tuple(Evidence(kind="patch", file=occurrence.file.path, line=step.line, text=step.text,
                                        rev="where it ends without a flush") for step in last))


def _flushing(analysis: Analysis, position: int, occurrence: Occurrence, flushes: frozenset[str]) -> frozenset[str]:
    """Return the functions that the function around the call uses and that flush: those of the file, or by name."""
    data = analysis.after(position).tree.read(occurrence.file.path) or b""
    inside = {function.name for function in functions_of(data) if flushes & set(function.calls_all)}
    called = occurrence.function.calls_all if occurrence.function else ()
    return frozenset(name for name in called if name in inside or _NAMED_FLUSH.search(name))


_NOBODY = "neither it nor a caller in this file flushes"
_SOME_WAYS = "it flushes on some of the ways from there alone"
_BESIDE = 6  # lines of comment above a call
_COMMENT = regex(r"/\*|^\s*\*|//|\*/")
_NO_FLUSH = regex(
    r"(?:n't|\b(?:not|without|no|never|skip\w*|avoid\w*|omit\w*|lazy|lazily))\b[^.;]{0,60}\bflush"
    r"|\bflush\w*\b[^.;]{0,40}\b(?:not (?:needed|required|done)|unneeded|later|lazily|deferred)\b", re.IGNORECASE)
_NAMED_FLUSH = regex(r"flush_tlb|tlb_flush|flush_(?:direct_map|kernel)|tlbi|sfence_vma", re.IGNORECASE)


def _a_caller_flushes(analysis: Analysis, position: int, occurrence: Occurrence, flushes: frozenset[str]) -> bool:
    """Return whether a function of the file that calls this one calls a flush; a global function has callers unseen."""
    data = analysis.after(position).tree.read(occurrence.file.path) or b""
    name = occurrence.call.function
    callers = [function for function in functions_of(data) if name in function.calls_all]
    return any(flushes & set(function.calls_all) for function in callers)


def _is_meant(analysis: Analysis, position: int, occurrence: Occurrence) -> bool:
    """Return whether a comment beside the call, or the patch's message, says that there is no flush."""
    lines = decode(analysis.after(position).tree.read(occurrence.file.path) or b"").splitlines()
    line = occurrence.call.span.line
    beside = [text for text in lines[max(0, line - 1 - _BESIDE):line] if _COMMENT.search(text)]
    number = analysis.patched.states[position].index
    said = next((patch.changelog for patch in analysis.series.patches if patch.index == number), "")
    return any(_NO_FLUSH.search(squash(text)) for text in (" ".join(beside), said))


MISSING_FLUSH = Kind(name="missing-flush", fields=COMMON_FIELDS | {"others", "who"}, states=_run, check_options=_check,
                     notes=lambda _: ("others",))

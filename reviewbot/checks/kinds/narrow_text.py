"""Kind `narrow-text`: the text names one platform for a failure that the model knows on another one as well.

Options: `api` (families or functions), `platforms` (names as texts and the model's reasons write them). The rule has a
note for each platform that may be the other one: what is so there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis
from reviewbot.checks.draft import Spot, draft_finding
from reviewbot.checks.kinds.base import Kind, names_option, options_within
from reviewbot.checks.kinds.call_finding import touched_calls
from reviewbot.checks.occurrences import Occurrence
from reviewbot.checks.rule import Rule
from reviewbot.checks.where import arches_at, facts_here, where_of
from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.text import as_returned, clip, quote_names, squash

__all__ = ["NARROW_TEXT"]

_SENTENCE = regex(r"(?<=[.!?:])\s+(?=[A-Z\"'(_])")
_OPEN = regex(r"\b(?:such as|like|e\.?g\.?|for (?:example|instance)|including|among|confidential|CoCo)\b",
              re.IGNORECASE)
_LONGEST = 300
_MEANT = "ask meant"


def _check(rule: Rule) -> None:
    options_within(rule, frozenset({"api", "platforms"}))
    names_option(rule, "platforms")


def _run(rule: Rule, analysis: Analysis, position: int) -> Iterator[Finding]:
    if any(_said(rule, analysis, occurrence.call.callee) for earlier in range(position)
           for occurrence in touched_calls(rule, analysis, earlier)):
        return  # once for the series, at the first patch that has to do with it
    for occurrence in touched_calls(rule, analysis, position):
        said = _said(rule, analysis, occurrence.call.callee)
        if said is not None:
            yield from _finding(rule, analysis, position, occurrence, said)
            return


def _said(rule: Rule, analysis: Analysis, callee: str) -> tuple[str, str] | None:
    """Return the first sentence of the series that has the function fail on one platform, and that platform."""
    texts = [analysis.series.cover.body] if analysis.series.cover is not None else []
    texts += [patch.changelog for patch in analysis.series.patches]
    for text in texts:
        for sentence in (one for part in re.split(r"\n\s*\n", text) for one in _SENTENCE.split(squash(part))):
            if f"{callee}()" not in sentence or not re.search(r"\bfail", sentence) or _OPEN.search(sentence):
                continue
            named = [name for name in names_option(rule, "platforms") if _names(sentence, name)]
            if len(named) == 1:
                return sentence, named[0]
    return None


def _names(text: str, platform: str) -> bool:
    return re.search(rf"\b{re.escape(platform).replace('-', '-?')}", text, re.IGNORECASE) is not None


def _finding(rule: Rule, analysis: Analysis, position: int, occurrence: Occurrence,
             said: tuple[str, str]) -> Iterator[Finding]:
    sentence, named = said
    state, call, path = analysis.patched.states[position], occurrence.call, occurrence.file.path
    for arch, other, reason in _elsewhere(rule, analysis, position, path, call, named):
        fields = {"callee": call.callee, "named": named, "other": other}
        found = draft_finding(
            rule, state, Spot(file=path, line=call.span.line, end_line=call.span.end_line, function="",
                              symbol=call.callee, side=analysis.after(position)),
            {**fields, "why": rule.notes[other].format_map(fields)}, message_id=analysis.message_id(state.index),
            arches=(arch,), says=(call.callee, other), evidence=(
                Evidence(kind="mail", file="", line=0, text=clip(sentence, _LONGEST), rev="the text"),
                Evidence(kind="model", file="", line=0, text=f"{call.callee}() on {arch}: {reason}",
                         rev=str(analysis.version))))
        yield replace(found, question=rule.notes[_MEANT].format_map(fields)) if _is_meant(analysis, other) else found
        return


def _is_meant(analysis: Analysis, platform: str) -> bool:
    """Return whether a title or a text of the series names the platform: then it is meant for it."""
    cover = analysis.series.cover
    texts = [cover.subject, cover.body] if cover is not None else []
    return any(_names(text, platform) for text in (
        *texts, *(text for patch in analysis.series.patches for text in (patch.subject, patch.changelog))))


def _elsewhere(rule: Rule, analysis: Analysis, position: int, path: str, call: Call,
               named: str) -> Iterator[tuple[str, str, str]]:
    """Yield the other platforms on which the call can fail, as (architecture, platform, why), as the model has it.

    Only architectures count on which it knows the one that is named as well.
    """
    where = where_of(analysis, position, path, call)
    for arch in arches_at(analysis, where):
        reasons: dict[str, list[str]] = {}
        for fact in facts_here(analysis, where, arch, call.callee):
            for name in names_option(rule, "platforms"):
                found = [f"{as_returned(errno)} ({reason})" for errno, reason in fact.errnos if _names(reason, name)]
                reasons.setdefault(name, []).extend(found)
        for name, found in reasons.items() if reasons.get(named) else ():
            if found and name != named and name in rule.notes:
                yield arch, name, quote_names(list(dict.fromkeys(found)))


NARROW_TEXT = Kind(name="narrow-text", fields=frozenset({"callee", "named", "other", "why"}), changes=_run,
                   check_options=_check, notes=lambda rule: (*names_option(rule, "platforms"), _MEANT))

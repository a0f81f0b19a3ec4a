"""Events out of findings, and which findings tell of one event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.cfacts.objects import object_of
from reviewbot.findings.types import LEVELS, Cell, Finding
from reviewbot.patterns import regex
from reviewbot.review.page.events import Event, joined, plain_names
from reviewbot.review.page.grouping import (
    breaks_build,
    grouped,
    named_objects,
    other_names,
    with_others,
    without_symbol,
)
from reviewbot.review.page.questions import is_function, setting_of
from reviewbot.review.page.reader import Reader, named_object
from reviewbot.review.page.switches import Setting, once_configured
from reviewbot.review.page.types import Verdict
from reviewbot.review.page.uses import next_use
from reviewbot.text import quote_names

if TYPE_CHECKING:
    from reviewbot.checks.analysis import Side

__all__ = ["events_of_findings", "speaks"]

_CALLED = regex(r"\b([a-z_]\w*)(?= ?\()")
_ERROR_PATHS = frozenset({"ret-ignored", "ret-lost-in-void", "ret-partially-handled", "warn-only", "leak-on-failure"})
_BESIDE = frozenset({"leak-on-failure", "missing-restore"})
_OF_ITS_EFFECT = frozenset({"ret-ignored", "ret-lost-in-void", "warn-only", "missing-flush", "gating",
                            "arch-behaviour"})
"""What findings of these categories tell of a call is all told by what it does there and what becomes of its result."""

_GATES = frozenset({"config-gate-changed"})
_STOPS = frozenset({"panic-on-failure"})
_CERTAIN = {"error": "proved", "warning": "derived"}


def speaks(finding: Finding) -> bool:
    """Return whether the finding is about the series as a whole and not settled inside it."""
    return finding.introduced and not finding.suppressed and finding.fixed_by is None and finding.level != "note"


def events_of_findings(reader: Reader, findings: Iterable[Finding],
                       cells: Iterable[Cell]) -> tuple[Event, ...]:
    """Return one event for each thing that the findings tell of, the ones that tell of the same merged.

    What is said of a call whose effect is on both sides of the patch the same is no news, apart from what is no part
    of its effect.
    """
    known: dict[tuple[str, str, str, str], bool] = {}
    for cell in cells:
        place = (cell.patch, cell.file, cell.function, cell.call.partition("(")[0])
        if cell.call != cell.function:
            known[place] = known.get(place, True) and cell.seen == "same"
    told = [finding for finding in findings
            if (finding.category not in _OF_ITS_EFFECT or not known.get(
                (str(finding.patch), finding.file, finding.function, finding.symbol), False))
            and speaks(finding) and "''" not in finding.message and (finding.rule not in _GATES or finding.function)]
    return tuple(_event(reader, group) for group in grouped(told, reader.rules))


def _event(reader: Reader, group: Sequence[Finding]) -> Event:
    """Return the event of the group, told by its gravest finding."""
    called = {finding.symbol for finding in group}
    inner = {finding.function for finding in group if finding.function in called and finding.category in _ERROR_PATHS}
    single = {finding.id: _single(reader, finding) for finding in group}

    def order_of(finding: Finding) -> tuple[object, ...]:
        # Where the object is used on, the innermost function that does so; else the outermost that cannot know.
        used = bool(single[finding.id].reason)
        # Memory that is given back in another state is what the other failures lead to.
        rare = breaks_build(finding) and finding.config not in {"", "1"}
        return (LEVELS.index(finding.level), finding.category not in _BESIDE, not used,
                (finding.function in inner) is not used,
                -_consequence(reader, finding), rare, finding.patch, finding.file, finding.line)

    order = sorted(group, key=order_of)
    events = [single[finding.id] for finding in order]
    alike = [f for f in order[1:] if f.rule == order[0].rule and without_symbol(f) == without_symbol(order[0])]
    names = quote_names(list(dict.fromkeys(f"{f.symbol}()" for f in (order[0], *alike))), joint="or")
    first = events[0]
    first = replace(first, gist=first.gist.replace(f"{order[0].symbol}()", names, 1)) if alike else first
    if also := other_names(order, reader.rules):
        first = replace(first, gist=f"{first.gist}; it is the same with {also}")
    elif first.asks:
        first = replace(first, asks=(with_others(order, reader.rules),))
    events[0] = first
    return replace(joined(events[0], tuple(events[1:])), arch=events[0].arch, symbols=events[0].symbols)


def _consequence(reader: Reader, finding: Finding) -> int:
    return reader.rules.consequence[reader.rules.category[finding.category]]


def _single(reader: Reader, finding: Finding) -> Event:
    called = {finding.symbol} if is_function(finding.symbol, finding) else set()
    called |= {name for one in finding.evidence for name in _CALLED.findall(one.text)}
    names = frozenset({finding.function} | called | reader.analysis.family.names()
                      | {name for side in reader.sides_or_end(finding.patch) for name in side.wrappers}
                      | reader.rules.frees | {one.name for side in reader.sides_or_end(finding.patch)
                                              for facts in [side.facts.get(finding.file)] if facts
                                              for one in facts.functions})
    message = _without_arches(plain_names(finding.gist or finding.message, names), finding).rstrip(".")
    setting = setting_of(reader.analysis, finding)
    config = setting.text if setting else ""
    if config and breaks_build(finding):
        message, config = once_configured(message, config, finding.config)
    for joint in ("when", "where", "with"):
        for said in (finding.config, config) if config else ():
            message = message.replace(f" {joint} {said}", "")
    certainty = reader.certainty(finding.patch, finding.file) if finding.patch in reader.positions else "derived"
    certainty = "hunks" if certainty == "hunks" else _CERTAIN.get(finding.level, "model")
    # What is not sure to stop a build, or what nothing uses today, is no change for anybody by itself.
    asked = finding.rule in reader.rules.asked or (finding.level == "question" and breaks_build(finding))
    use = _consequence_of(reader, finding) if finding.category in _ERROR_PATHS and not asked else ""
    return Event(
        kind="finding", key=("finding", finding.rule, message), verdict=_verdict(finding),
        arch=finding.arch, config=config, gist=message, reason=use, patch=finding.patch,
        file=finding.file, line=finding.line, functions=(finding.function,) if finding.function else (),
        symbols=frozenset({finding.symbol} - {""}),
        consequence=reader.rules.comes_to(finding),
        reach=reader.reach(setting.options, setting.parameters) if setting else "distribution",
        certainty=certainty, because=(finding.id,),
        asks=(finding,) if _asked(finding, use, setting) else (), rank=LEVELS.index(finding.level),
        objects=named_objects(finding), stops=finding.rule in _STOPS, only_asked=asked, breaks=breaks_build(finding))


def _asked(finding: Finding, use: str, setting: Setting | None) -> bool:
    """Return whether the question is worth an answer: a helper that hides a failure matters where the object is used
    on, a gate only where a function of the family works under another condition that somebody can set: whether one
    test in the code comes to another nobody here knows."""
    if not finding.question or "''" in finding.question:
        return False
    if finding.category in {"ret-lost-in-void", "warn-only"}:
        return bool(use)
    if finding.category != "gating" or finding.rule not in _GATES:
        return True
    return "meant to do nothing" in finding.question and setting is not None


def _verdict(finding: Finding) -> Verdict:
    return "worse" if finding.category not in {"gating", "claim", "debug-pagealloc-kfence"} else "different"


def _consequence_of(reader: Reader, finding: Finding) -> str:
    """Return what the function does next with the object of the flagged call, `copy() reads page all the same`."""
    if finding.patch not in reader.positions:
        return ""
    _, after = reader.sides(finding.patch)
    facts = after.facts.get(finding.file)
    call = next((call for call in (facts.calls if facts else ()) if call.callee == finding.symbol
                 and call.span.line <= finding.line <= call.span.end_line), None)
    if call is None or (finding.category == "ret-lost-in-void" and not _hands_on(after, finding)):
        return ""
    use = next_use(reader.analysis, after, finding.file, call, reader.rules.frees, "failure")
    thing = named_object(object_of(call.arguments[0])) if call.arguments else ""
    return re.sub(r" it\b", f" {thing or 'the memory'}", use) + " all the same" if use else ""


def _hands_on(side: Side, finding: Finding) -> bool:
    """Return whether the helper gives what it was called with to the call that may fail: only then is it the object."""
    wrapper = side.wrapper(finding.symbol, finding.file)
    if wrapper is None:
        return True
    names = {re.split(r"[\s*]+", parameter.strip())[-1] for parameter in wrapper.function.parameters}
    return any(object_of(argument) in names for call in wrapper.calls for argument in call.arguments[:1])


def _without_arches(message: str, finding: Finding) -> str:
    """Return the sentence without the list of architectures, which stands beside it already."""
    for most in (4, 6, 8, 12, 99):
        listed = quote_names(finding.arch, most=most) if finding.arch else ""
        for phrase in (f" on {listed}", f"On {listed} "):
            if listed and phrase in message:
                rest = message.replace(phrase, "", 1)
                return rest[:1].upper() + rest[1:] if phrase.startswith("On") and not rest[:1].islower() else rest
    return message

"""Puts the page together: events into rows, the questions that are worth an answer, one sentence that sums up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.arches import own_arch
from reviewbot.checks.renames import only_names
from reviewbot.errors import Skip
from reviewbot.findings.order import name_cells
from reviewbot.findings.types import Cell, Claim, Finding
from reviewbot.review.grounds import BEHIND_OTHERS
from reviewbot.review.page.conclusion import conclusion
from reviewbot.review.page.declared import is_declaration
from reviewbot.review.page.doubts import (
    named_doubts,
    not_seen,
    open_words,
    own_doubt,
    tree_has,
    without_told_bits,
)
from reviewbot.review.page.effects import events_of_cells
from reviewbot.review.page.events import Event, is_stated
from reviewbot.review.page.fitting import fitted
from reviewbot.review.page.found import events_of_findings
from reviewbot.review.page.merging import merged, without_restated
from reviewbot.review.page.moved import moved_mappers
from reviewbot.review.page.overtaken import with_later_words
from reviewbot.review.page.pairing import gives_back
from reviewbot.review.page.present import with_tree
from reviewbot.review.page.protections import other_protections
from reviewbot.review.page.questions import is_answered
from reviewbot.review.page.ranges import other_ranges
from reviewbot.review.page.reader import Reader
from reviewbot.review.page.rulebook import PageRules
from reviewbot.review.page.said import told_claims
from reviewbot.review.page.selected import opened_questions
from reviewbot.review.page.started import other_starts
from reviewbot.review.page.swapped import WRITTEN
from reviewbot.review.page.types import FirstPage, PageRow, Weight
from reviewbot.review.page.zeroed import zeroed_bits
from reviewbot.review.phrases import is_all_new
from reviewbot.review.unplaced import names_mappings
from reviewbot.review.unseen import Unseen
from reviewbot.text import clip, quote_names

__all__ = ["compose_page", "is_told"]

_MOST_CLAIMS = 2
_LONGEST = 400
_OF_SOME = ("drivers/", "sound/")


def compose_page(analysis: Analysis, rules: PageRules, findings: tuple[Finding, ...], cells: tuple[Cell, ...],
                 claims: tuple[Claim, ...], skips: tuple[Skip, ...],
                 unseen: tuple[Unseen, ...] = (),
                 patches: frozenset[int] | None = None) -> tuple[FirstPage, tuple[Finding, ...]]:
    """Return the first page of the review, which rests on these findings and cells, and the findings with the
    questions that it asks."""
    reader = Reader(analysis, rules, patches)
    named = name_cells(cells)
    of_cells = (*events_of_cells(reader, named), *other_protections(reader), *zeroed_bits(reader),
                *other_ranges(reader), *other_starts(reader), *opened_questions(reader), *moved_mappers(reader))
    there = [event for event in of_cells if event.kind == "had"]
    events = merged(reader, [event for event in of_cells if event.kind != "had"],
                     events_of_findings(reader, findings, cells))
    ranked = sorted(events, key=lambda event: _order(reader, event))
    changes = [event for event in ranked if _weight(rules, event).value > 0]
    proved = not any(one.near or one.options for one in unseen)
    same = _same(reader, changes, named, proved=proved)
    changes = with_later_words(changes, named)
    open_still = [bits for one in unseen if (bits := without_told_bits(one, changes)) is not None]
    left = [one for one in open_still if (patches is None or one.patch in patches) and not _is_shown(one, changes)
            and not (one.kind == "hunks" and only_names(analysis.series, one.patch, one.file))]
    had = [one for one in left if tree_has(analysis, one, (*there, *changes))]
    declared = [one for one in left if is_declaration(one)]
    left = [one for one in left if one not in had and one not in declared]
    changes = [with_tree(reader, event) for event in changes]
    stated = [event for event in changes if event.kind != "finding" or is_stated(event)]
    stated = without_restated(stated)
    carried = {_place(finding) for finding in _at_cases(changes, rules.carries)}
    stated = [event for event in stated if len(stated) == 1 or event.kind != "case" or _place(event) not in carried]
    asks = _asks(reader, changes)
    quiet = () if asks and not stated else same  # that all else is as it was is no answer to what is asked
    rows = [_row(rules, number, event) for number, event in enumerate((*stated, *quiet), 1)]
    swapped, words = ("", 0) if stated or asks or there else open_words(analysis, left)
    judged = {name for event in (*stated, *there) for name in event.functions} | {one.function for one, _ in asks}
    doubts = not_seen(analysis, skips, left, told=words, had=() if there else had, judged=frozenset(judged))
    if stated or asks:
        doubts = (*own_doubt(analysis, left, frozenset(judged)), *named_doubts(doubts))
    ordered = sorted(claims, key=lambda claim: claim.patch)
    contradicted = told_claims(ordered)[:_MOST_CLAIMS]
    page = FirstPage(conclusion="", rows=tuple(rows), ask=tuple(finding.id for finding, _ in asks),
                     ask_weights=tuple(weight for _, weight in asks), claims=tuple(contradicted), not_seen=doubts)
    worded = {finding.id: finding for finding, _ in asks}
    findings = tuple(worded.get(finding.id, finding) for finding in findings)
    by_id = {finding.id: finding for finding in findings}
    page = fitted(rules, page, by_id, ordered, lambda one: swapped or conclusion(
        reader, one, named, there, unseen, by_id, declared))
    return page, findings


def _place(one: Event | Finding) -> tuple[int, str, int]:
    return one.patch, one.file, one.line


def _at_cases(events: Sequence[Event], rules: frozenset[str]) -> tuple[Finding, ...]:
    """Return the questions of these rules about calls that are made in other cases than before."""
    cases = {_place(event) for event in events if event.kind == "case"}
    return tuple(finding for event in events for finding in event.asks
                 if finding.rule in rules and _place(finding) in cases)


def is_told(page: FirstPage, one: Unseen) -> bool:
    """Return whether a row tells what a function comes to that others use beside the family's calls."""
    return one.kind == "beside" and any(row.patch == one.patch and row.statement.startswith(
        f"{one.what.partition('(')[0]}() ") for row in page.rows)


def _is_shown(one: Unseen, changes: Sequence[Event]) -> bool:
    """Return whether it is only open what a call comes to behind another one or in other words, or what else a function
    does, where the page tells of it."""
    words = WRITTEN.search(one.why)
    if words is not None and any(event.file == one.file and f"'{words['after']}' there" in event.reason
                                 for event in changes):
        return True
    if one.kind == "work" and any((event.patch, event.file) == (one.patch, one.file) and any(
            re.search(rf"\b{name}\(\)", one.what) for name in event.functions) for event in changes):
        return True
    return one.why.startswith(BEHIND_OTHERS) and any((event.patch, event.file) == (one.patch, one.file) and any(
        one.what.startswith(f"{name}(") for name in event.functions) for event in changes)


def _weight(rules: PageRules, event: Event) -> Weight:
    return rules.weigh(event.consequence, event.reach, event.certainty)


def _order(reader: Reader, event: Event) -> tuple[object, ...]:
    """Return what decides between events: their weight, then what is done before what only gives back, then what is
    graver."""
    return (-_weight(reader.rules, event).value, gives_back(reader, event), event.rank, event.breaks, event.patch,
            event.file, event.line, event.gist)


def _row(rules: PageRules, number: int, event: Event) -> PageRow:
    statement = f"{event.gist}: {event.reason}" if event.reason else event.gist
    return PageRow(
        id=f"row-{number}", arch=event.arch, config=event.config, verdict=event.verdict,
        statement=clip(statement, _LONGEST), patch=event.patch, file=event.file, line=event.line,
        weight=_weight(rules, event) if event.kind != "same" else Weight(
            value=0, consequence="text", reach=event.reach, certainty=event.certainty),
        because=event.because, gist=clip(event.gist, _LONGEST))


def _asks(reader: Reader, events: Sequence[Event]) -> list[tuple[Finding, Weight]]:
    """Return the questions, one for each event, the gravest first, without those that a commit message answers."""
    patches = {patch.index: patch for patch in reader.analysis.series.patches}
    found: dict[str, tuple[Finding, Weight]] = {}
    said: set[tuple[str, str]] = set()  # a question of fixed words is another one about another fact
    restated = {finding.id for finding in _at_cases(events, reader.rules.restated)}
    for event in events:
        for finding in event.asks[:1]:
            asked = finding.question, finding.message
            if finding.id not in restated and asked not in said and not _is_beside(reader, finding) and not (
                    finding.patch in patches and is_answered(finding, patches[finding.patch])):
                said.add(asked)
                found.setdefault(finding.id, (finding, _weight(reader.rules, event)))
    return list(found.values())


def _is_beside(reader: Reader, finding: Finding) -> bool:
    """Return whether the question is of a rule that is asked near the subject alone, and names nothing of it."""
    return finding.rule in reader.rules.near and not names_mappings(finding.message) and not (
        {finding.symbol, *re.findall(r"\w+", finding.message)} & reader.analysis.family.names())


def _same(reader: Reader, changes: Sequence[Event], named: Sequence[tuple[str, Cell]], *, proved: bool) -> list[Event]:
    """Return the architectures on which nothing changes, where that is known: no configuration builds what changed,
    or every call has the effect it had, and it is `proved` that nothing else bears on it."""
    analysis = reader.analysis
    whole = analysis.patched.base.kind != "none" and all(
        file.applies not in {"fragment", "failed"} for state in analysis.patched.states for file in state.files)
    told = {arch for event in changes for arch in event.arch}
    if not whole or (changes and all(event.breaks for event in changes)):
        return []  # where no call changes nobody asks where else none does
    files = sorted({event.file for event in changes if event.file.endswith(".c") and not own_arch(event.file)})
    touched = {own_arch(file.path) for state in analysis.patched.states for file in state.files}
    unbuilt: dict[str, list[str]] = {}
    quiet: list[str] = []
    for arch in analysis.arches:
        never = [path for path in files if analysis.never_builds(path, arch)]
        mine = [cell for _, cell in named if cell.arch == arch]
        if arch in told:
            continue
        if files and len(never) == len(files) and all(path.startswith(_OF_SOME) for path in files):
            continue  # nobody asks about a driver where there is no such device
        if files and len(never) == len(files) and not any(cell.changed for cell in mine if cell.file not in files):
            if arch not in touched:
                continue  # who reads of a file that only others build does not ask about it
            unbuilt.setdefault(quote_names(files, most=2), []).append(arch)
        elif proved and mine and all(cell.seen == "same" for cell in mine) and not is_all_new(mine):
            quiet.append(arch)
    events = [_quiet(tuple(arches), f"{'does' if len(arches) == 1 else 'do'} not build {paths}, where the changes are",
                     named) for paths, arches in unbuilt.items()]
    if quiet:
        events.append(_quiet(tuple(quiet), "each call of the family in a changed function does what it did before",
                             named))
    return events


def _quiet(arches: tuple[str, ...], gist: str, named: Sequence[tuple[str, Cell]]) -> Event:
    because = tuple(name for name, cell in named if cell.arch in arches)[:4]
    return Event(kind="same", key=("same", *arches), verdict="same", arch=arches, config="", gist=gist, reason="",
                 patch=0, file="", line=0, functions=(), symbols=frozenset(), consequence="text", reach="distribution",
                 certainty="derived", because=because)

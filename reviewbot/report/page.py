"""The page data of one review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from reviewbot import __version__
from reviewbot.findings.types import LEVELS, Finding, Level, RuleText
from reviewbot.patterns import regex
from reviewbot.report.behaviour import sum_up
from reviewbot.report.diff_view import excerpt_rows, view_file
from reviewbot.report.front import build_front
from reviewbot.report.matrix import build_matrix
from reviewbot.report.order import LEVEL_NOUNS, count_levels, in_report_order, is_new, say_counts, spell_count
from reviewbot.report.promised import with_promised_lines
from reviewbot.report.rule_page import markdown_to_html
from reviewbot.report.scenarios import scenario_views
from reviewbot.report.view import (
    Card,
    ClaimView,
    FileView,
    Front,
    Grave,
    Page,
    PatchView,
    Phrase,
    RuleView,
    Statement,
    Topic,
)
from reviewbot.report.words import (
    LONGEST,
    anchor_for,
    follow_ups,
    is_there_or_fits,
    mail_url,
    pieces,
    proof,
    say_all_applied,
    say_base,
    say_coverage,
    say_date,
    say_moved,
    say_notices,
    say_patch_applied,
    say_place,
)
from reviewbot.review.types import Review
from reviewbot.series.types import Patch, Series
from reviewbot.source.types import PatchedFile, PatchState
from reviewbot.text import clip, quote_names

__all__ = ["build_page"]

_LAST_WORD = regex(r" v(\d{1,2})$")
_MOST_SKIPS = 200
_MOST_GRAVE = 3
_MOST_STATEMENTS = 8
_MOST_CHANGES = 80
_VERDICTS = {"holds": "holds", "contradicted": "contradicted", "cannot-tell": "cannot tell"}

Cards = Sequence[tuple[Finding, Card]]


def build_page(review: Review, rules: Mapping[str, RuleText]) -> Page:
    """Return what the pages and the terminal show of the review; `rules` are the texts by rule id."""
    series = review.series
    found = in_report_order(review.findings)
    told = with_promised_lines(review)
    cards = _cards(found, review, {one.id: one for one in told.findings})
    new = [(f, c) for f, c in cards if is_new(f)]
    numbers = {p.index for p in series.patches}
    behaviour = sum_up(told.behaviour)
    changes, same = [c for c in behaviour if c.rows], [c for c in behaviour if not c.rows]
    left = max(0, len(review.skips) - _MOST_SKIPS)
    return Page(
        tool=f"reviewbot {__version__}",
        front=_front(review),
        title=clip(series.subject, 300) or "(no subject)",
        version=_version(series),
        byline=_byline(series),
        url=mail_url(series.message_id),
        notices=say_notices(series),
        counts=_counts(f for f, _ in new),
        headline=_headline([f for f, _ in new]),
        where=_where([f for f, _ in new]),
        gravest=_gravest(new),
        aside=_aside(found),
        base=say_base(review),
        applies="" if review.patched.base.kind == "none" else say_all_applied(review.patched.states),
        tried=tuple((clip(rev, 120), clip(why, LONGEST)) for rev, why in review.patched.base.tried),
        level_set=_level_set(told),
        matrix=build_matrix(told.behaviour),
        changes=tuple(changes[:_MOST_CHANGES]),
        changes_left=max(0, len(changes) - _MOST_CHANGES),
        same=tuple(same[:_MOST_CHANGES]),
        same_count=spell_count(sum(len(change.places) for change in same), "call"),
        claims=_claims(told),
        series_cards=tuple(card for finding, card in new if finding.patch not in numbers),
        patches=_patches(review, cards),
        old=tuple(card for finding, card in cards if not finding.introduced and not finding.suppressed),
        silenced=tuple(card for finding, card in cards if finding.suppressed),
        skips=tuple((clip(s.where, 200), s.stage, clip(s.why, LONGEST)) for s in review.skips[:_MOST_SKIPS]),
        skips_left=left,
        rules=_rules(review, rules),
        coverage=say_coverage(review.coverage),
        follow_ups=follow_ups(series.cover.trailers) if series.cover else (),
        scenarios=scenario_views(review.explored),
        messages=tuple((role.role, clip(role.message_id, 300), mail_url(role.message_id), clip(role.why, 300))
                       for role in series.roles),
    )


def _front(review: Review) -> Front:
    """Return the first page; what the series was read against is said with what did not fit, if something did not."""
    series = review.series
    author = clip(series.written_by.name or series.written_by.email, 80)
    byline = " · ".join(part for part in (_version(series), author, say_date(series.date)) if part)
    rough = any(state.applies not in {"clean", "offset"} for state in review.patched.states)
    applied = say_all_applied(review.patched.states) if rough and review.patched.base.kind != "none" else ""
    read = " ".join(part for part in (say_base(review), applied, say_moved(series)) if part)
    return build_front(review, byline=byline, notices=say_notices(series, missing=False)[:2], base=read)


def _version(series: Series) -> str:
    said = _LAST_WORD.search(series.subject) if series.version == 1 else None  # "a title v2", no number in brackets
    words = [*series.prefixes, f"v{said[1] if said else series.version}"]
    count = len(series.patches)
    size = spell_count(count, "patch", "patches") if count == series.total else f"{count} of {series.total} patches"
    return f"{' '.join(words)}, {size}"


def _byline(series: Series) -> tuple[tuple[str, str], ...]:
    parts = (("From", str(series.author)), ("Sent", say_date(series.date)), ("List", series.list_name))
    return tuple((name, clip(value, 200)) for name, value in parts if value)


def _counts(findings: Iterable[Finding]) -> tuple[tuple[Level, str], ...]:
    return tuple((level, spell_count(number, *LEVEL_NOUNS[level])) for level, number in count_levels(findings))


def _headline(new: Sequence[Finding]) -> str:
    return f"{say_counts(new)} {_where(new)}" if new else "Nothing found in what the series changes"


def _where(new: Sequence[Finding]) -> str:
    """Return `in patches 1 and 2`, `in patch 3`, or nothing."""
    numbers = sorted({finding.patch for finding in new if finding.patch})
    named = quote_names([str(number) for number in numbers], most=8)
    parts = ["the cover letter"] if any(not finding.patch for finding in new) else []
    parts += [f"{'patch' if len(numbers) == 1 else 'patches'} {named}"] if numbers else []
    return f"in {' and '.join(parts)}" if parts else ""


def _gravest(new: Cards) -> tuple[Grave, ...]:
    """Return what a person must see first, all of the gravest level before the next, each sentence once."""
    sentences: dict[tuple[Level, str], list[Card]] = {}
    for finding, card in sorted(new, key=lambda pair: LEVELS.index(pair[0].level)):
        sentences.setdefault((finding.level, finding.message), []).append(card)
    return tuple(Grave(anchor=cards[0].anchor, level=level, message=cards[0].message,
                       places=quote_names([card.place for card in cards if card.place], most=3))
                 for (level, _), cards in list(sentences.items())[:_MOST_GRAVE])


def _aside(found: Sequence[Finding]) -> str:
    old = sum(not f.introduced and not f.suppressed for f in found)
    silenced = sum(bool(f.suppressed) for f in found)
    parts = []
    if old:
        parts.append(f"{spell_count(old, 'old defect')} nearby, not counted")
    if silenced:
        parts.append(f"{spell_count(silenced, 'finding')} suppressed")
    return "; ".join(parts)


def _cards(found: Sequence[Finding], review: Review, told: Mapping[str, Finding]) -> list[tuple[Finding, Card]]:
    """Return the findings with their cards; `told` are they by id with the lines that a reader can open."""
    files = {(state.index, file.path): file for state in review.patched.states for file in state.files}
    taken: set[str] = set()
    cards = []
    for finding in found:
        anchor = anchor_for("finding", finding.id)
        while anchor in taken:
            anchor += "x"
        taken.add(anchor)
        cards.append((finding, _card(finding, told[finding.id], anchor, files.get((finding.patch, finding.file)))))
    return cards


def _card(finding: Finding, told: Finding, anchor: str, file: PatchedFile | None) -> Card:
    return Card(
        anchor=anchor, level=finding.level, rule=finding.rule, rule_anchor=anchor_for("rule", finding.rule),
        message=pieces(finding.message),
        question=pieces(finding.question), place=say_place(told.file, told.line),
        function=clip(finding.function, 120), when=clip(finding.config, 600) or "any configuration",
        where=quote_names(finding.arch, most=30) or "every architecture", origin=_origin(finding),
        confidence=finding.confidence, notes=tuple(pieces(note) for note in finding.notes),
        proof=proof(told.evidence), table=finding.table, code=excerpt_rows(file, finding), patch=finding.patch,
        patch_anchor=f"patch-{finding.patch}", source_line=clip(finding.code, 300),
        suppressed=clip(finding.suppressed, 300), path=_way(finding),
    )


def _way(finding: Finding) -> tuple[Phrase, ...]:
    """Return the steps of an error that a function without a result swallows, empty where it is no such finding."""
    if finding.category != "ret-lost-in-void" or not finding.says or not finding.function:
        return ()
    fails, between, goes_on = finding.says[0], finding.symbol, finding.function
    if not all(re.fullmatch(r"\w+", name) for name in (fails, between, goes_on)) or len({fails, between, goes_on}) < 3:
        return ()
    return (pieces(f"{fails}() fails"), pieces(f"{between}() returns nothing"), pieces(f"{goes_on}() goes on"))


def _origin(finding: Finding) -> str:
    brought = f"brought by patch {finding.patch}" if finding.patch else "about the whole series"
    origin = brought if finding.introduced else f"older than the series; patch {finding.patch} touches its surroundings"
    return f"{origin}; removed by patch {finding.fixed_by}" if finding.fixed_by else origin


def _level_set(review: Review) -> tuple[Topic, ...]:
    topics: dict[str, list[Statement]] = {}
    for entry in review.level_set:
        topics.setdefault(entry.topic, []).append(Statement(
            arch=entry.arch or "everywhere", text=pieces(entry.statement), proof=proof(entry.because)))
    return tuple(Topic(title=pieces(title), statements=tuple(lines[:_MOST_STATEMENTS]),
                       rest=tuple(lines[_MOST_STATEMENTS:])) for title, lines in topics.items())


def _claims(review: Review) -> tuple[ClaimView, ...]:
    order = {"contradicted": 0, "cannot-tell": 1, "holds": 2}
    claims = sorted(review.claims, key=lambda claim: (order[claim.verdict], claim.patch))
    return tuple(ClaimView(verdict=claim.verdict, words=_VERDICTS[claim.verdict], text=pieces(claim.text),
                           patch=f"patch {claim.patch}" if claim.patch else "cover letter",
                           patch_anchor=f"patch-{claim.patch}" if claim.patch else "", proof=proof(claim.because))
                 for claim in claims)


def _patches(review: Review, cards: Cards) -> tuple[PatchView, ...]:
    states = {state.index: state for state in review.patched.states}
    return tuple(_patch(patch, review, states.get(patch.index), [(f, c) for f, c in cards if f.patch == patch.index])
                 for patch in review.series.patches)


def _patch(patch: Patch, review: Review, state: PatchState | None, cards: Cards) -> PatchView:
    new = [(f, c) for f, c in cards if is_new(f)]
    old = [(f, c) for f, c in cards if not f.introduced and not f.suppressed]
    files = {file.path: file for file in state.files} if state else {}
    touched = {diff.path for diff in patch.files}
    here = [(f, c) for f, c in new if f.line and (f.file in touched or f.file in files)]
    anchors = {card.anchor for _, card in here}
    tree = review.patched.base.kind != "none"
    views = [view_file(diff, files.get(diff.path), placed=[(f, c) for f, c in here if f.file == diff.path],
                       old_defects=[(f, c) for f, c in old if f.file == diff.path], tree=tree) for diff in patch.files]
    counts = _counts(f for f, _ in new)
    return PatchView(
        anchor=f"patch-{patch.index}", number=f"{patch.index}/{review.series.total}",
        title=clip(patch.subject, 300) or "(no subject)",
        byline=" · ".join(part for part in (clip(str(patch.author), 200), say_date(patch.date)) if part),
        url=mail_url(patch.message_id), applies=_say_patch(state, tree=tree),
        note=clip(state.note, LONGEST) if state and tree else "",
        applied_well=not tree or (state is not None and is_there_or_fits(state)),
        counts=counts, clean=not counts,
        cards=tuple(card for _, card in new if card.anchor not in anchors), files=tuple(views),
        summary=_say_files(views), follow_ups=follow_ups(patch.trailers),
    )


def _say_patch(state: PatchState | None, *, tree: bool) -> str:
    if not tree:
        return "reviewed from its hunks"
    return say_patch_applied(state) if state else "not applied"


def _say_files(files: Sequence[FileView]) -> str:
    added, removed = sum(f.added for f in files), sum(f.removed for f in files)
    return f"{spell_count(len(files), 'file')}, +{added} \N{MINUS SIGN}{removed}"


def _rules(review: Review, rules: Mapping[str, RuleText]) -> tuple[RuleView, ...]:
    counts: dict[str, int] = {}
    for finding in review.findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    views = []
    for rule in sorted({*review.coverage.rules, *counts}):
        text = rules.get(rule)
        views.append(RuleView(
            anchor=anchor_for("rule", rule), id=rule, summary=clip(text.summary, LONGEST) if text else "",
            level=text.level if text else "", status=text.status if text else "",
            found=spell_count(counts[rule], "finding") if rule in counts else "nothing found",
            html=markdown_to_html(text.doc, top_heading=3) if text and text.doc else Markup(""),
        ))
    return tuple(views)

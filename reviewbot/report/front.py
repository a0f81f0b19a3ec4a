"""The first page as every form for people shows it: its lines as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.report.answerable import answered_by
from reviewbot.report.mail_lines import line_to_look_up, lines_told
from reviewbot.report.order import spell_count
from reviewbot.report.view import Front, FrontAsk, FrontClaim, FrontRow
from reviewbot.report.words import anchor_for, pieces, say_place
from reviewbot.review.page import PageRow, Weight, asked_text, old_defects, row_text, told_asks, told_of, where_words
from reviewbot.review.types import Review
from reviewbot.series import Series
from reviewbot.text import clip, quote_names

__all__ = ["build_front"]

_PATCH = regex(r"patch (\d{1,6})")
_LONGEST = 600
_MOST_HELD = 3


def build_front(review: Review, *, byline: str, notices: tuple[str, ...], base: str) -> Front:
    """Return the lines of the review's first page; the head comes from whoever builds the whole page."""
    page, findings = review.first_page, {finding.id: finding for finding in review.findings}
    total = review.series.total
    claims = sorted(review.claims, key=lambda claim: claim.patch)
    held = [claim for claim in claims if claim.verdict == "holds"]
    told = told_asks(page, findings)
    weights = dict(zip(page.ask, page.ask_weights, strict=False))
    asks = [FrontAsk(id=name, patch=f"{answered_by(review.series, findings[name])}/{total}",
                     place=_place(review, findings[name].patch, findings[name].file, findings[name].line)
                     if answered_by(review.series, findings[name]) == findings[name].patch else "",
                     question=pieces(_told(review, findings[name], asked_text(findings[name], told))),
                     link=anchor_for("finding", name), why=_why(weights.get(name), (name,)))
            for name in page.ask if name in findings]
    rows = tuple(_with_asks(row, shown, asks, _inside(told_of(page, row), row, findings)) for row, shown in (
        (row, _row(review, row, findings)) for row in page.rows))
    conclusion = page.conclusion
    for row, shown in zip(page.rows, rows, strict=True):
        place = f" ({shown.patch}, {shown.place})" if shown.told and shown.place else ""
        if row.gist:
            conclusion = conclusion.replace(row.gist, f"{_told(review, row, row.gist)}{place}", 1)
    return Front(
        title=_title(review.series), byline=byline, notices=notices, base=base,
        conclusion=pieces(conclusion), since=pieces(page.since), rows=rows,
        ask=tuple(asks),
        claims=tuple(FrontClaim(patch=f"{claim.patch}/{total}", text=clip(claim.text, _LONGEST),
                                because=_shown(review, claim.because[0]) if claim.because else "")
                     for number, claim in enumerate(claims) if number in page.claims),
        held="; ".join(f"\N{LEFT DOUBLE QUOTATION MARK}{clip(claim.text, 120)}\N{RIGHT DOUBLE QUOTATION MARK} "
                       f"({claim.patch}/{total})" for claim in held[:_MOST_HELD]),
        not_seen="; ".join(clip(text, _LONGEST) for text in page.not_seen), bottom=_bottom(review, findings))


def _title(series: Series) -> str:
    """Return the subject of the cover; without one that of the first patch, as one of several."""
    title, more = clip(series.subject, 300) or "(no subject)", len(series.patches) - 1
    first = series.patches[0].subject if more > 0 and series.cover is None else None
    return f"{title}, and {spell_count(more, 'more patch', 'more patches')}" if series.subject == first else title


def _row(review: Review, row: PageRow, findings: Mapping[str, Finding]) -> FrontRow:
    page, total = review.first_page, review.series.total
    said = _told(review, row, row_text(page, row))
    linked = next((name for name in row.because if name in findings), "")
    nothing_changes = row.verdict == "same" and not row.file and not any(one.verdict != "same" for one in page.rows)
    return FrontRow(
        anchor=anchor_for("row", row.id), id=row.id, where=" ".join(filter(None, where_words(row.arch, row.config))),
        verdict=row.verdict, statement=pieces(said), patch=f"{row.patch}/{total}" if row.patch else "",
        place=_place(review, row.patch, row.file, row.line), link=anchor_for("finding", linked) if linked else "",
        why=_why(row.weight if row.weight.value else None, row.because), told=not said or nothing_changes,
        drawn=next((anchor_for("scenario", one.id) for one in review.explored if one.id in row.because), ""))


def _inside(name: str, row: PageRow, findings: Mapping[str, Finding]) -> str:
    """Return the function where the row's findings stand in it, empty where their lines are another's."""
    around = {f"{findings[one].function}()" for one in row.because if one in findings and findings[one].function}
    return name if not around or name in around else ""


def _with_asks(row: PageRow, shown: FrontRow, asks: list[FrontAsk], function: str) -> FrontRow:
    """Return the row with the questions about it, which are taken out of `asks`: fact and question stand together.

    Where the fact stands in the conclusion, beside others, the place names the function that it is told of.
    """
    mine = [ask for ask in asks if ask.id in row.because]
    for ask in mine:
        asks.remove(ask)
    place = f"{shown.place} in {function}" if mine and function and shown.place and not shown.statement else shown.place
    return replace(shown, told=shown.told and not mine, place=place, asks=tuple(
        replace(ask, place="") if (ask.patch, ask.place) == (shown.patch, shown.place) else ask for ask in mine))


def _place(review: Review, patch: int, file: str, line: int) -> str:
    return say_place(file, line_to_look_up(review.series, review.patched, patch, file, line)) if file else ""


def _told(review: Review, about: PageRow | Finding, text: str) -> str:
    return lines_told(review.series, review.patched, about.patch, text, about.file)


def _shown(review: Review, because: Evidence) -> str:
    """Return where to look for what contradicts a claim, as the rows count lines."""
    patch = _PATCH.fullmatch(because.rev)
    place = because.file, because.line
    return f"see {_place(review, int(patch[1]), *place) if patch else say_place(*place)}" if because.file else ""


def _why(weight: Weight | None, because: tuple[str, ...]) -> str:
    """Return what gave the line its place and what it rests on, in one line."""
    rests = f"rests on {quote_names(because, most=4)}" if because else ""
    known = f"weight {weight.value}: {weight.consequence}, {weight.reach}, {weight.certainty}" if weight else ""
    return "; ".join(part for part in (known, rests) if part)


def _unsaid(review: Review, findings: Mapping[str, Finding]) -> int:
    """Return how many questions a page has kept to itself that says nothing else: exit statuses count them."""
    page = review.first_page
    return 0 if page.ask or page.rows else sum(
        one.introduced and not one.suppressed and one.fixed_by is None and one.level in {"error", "warning", "question"}
        for one in findings.values())


def _bottom(review: Review, findings: Mapping[str, Finding]) -> str:
    coverage = review.coverage
    arches = f", on {quote_names(coverage.built_on, most=12)}" if coverage.built_on else ""
    said = (f"Looked at {spell_count(coverage.calls, 'call')} in {spell_count(coverage.functions, 'function')} of "
            f"{spell_count(coverage.files, 'file')}{arches}.")
    old = old_defects(tuple(findings.values()), review.patched, review.first_page)
    errors = review.first_page.left_errors
    lighter = review.first_page.left_out - errors or _unsaid(review, findings)
    left = " and ".join(part for part in (
        spell_count(errors, "error") if errors else "",
        spell_count(lighter, "lighter row or question", "lighter rows and questions") if lighter else "") if part)
    silenced = sum(bool(finding.suppressed) for finding in findings.values())
    if not coverage.calls and not coverage.functions:
        said = ""
    parts = [f"{left} (--full)" if left else "", f"{spell_count(old, 'old defect')} nearby (--old)" if old else "",
             f"{silenced} suppressed" if silenced else ""]
    shown = ", ".join(part for part in parts if part)
    return f"{said} Not on this page: {shown}.".strip() if shown else said

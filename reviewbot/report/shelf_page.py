"""A folder of finished reviews as HTML: the list of them, and one out of its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from reviewbot import __version__
from reviewbot.findings.types import LEVELS, Finding
from reviewbot.report.frame import render_page
from reviewbot.report.order import LEVEL_NOUNS, in_report_order, is_new, spell_count
from reviewbot.report.shelf import ORDERS, Entry, Order
from reviewbot.report.view import Phrase
from reviewbot.report.words import anchor_for, mail_url, pieces, proof, say_date, say_place
from reviewbot.text import clip, quote_names
from reviewbot.values import dataclass

__all__ = ["address_of", "render_shelf", "render_stored"]

_MOST = 500  # entries on one page
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    url: str
    title: str
    byline: str
    conclusion: Phrase
    weight: int
    counts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    tool: str
    query: str
    order: str
    orders: tuple[str, ...]
    lines: tuple[_Line, ...]
    found: str
    left: int
    problems: tuple[str, ...]


def address_of(kind: str, entry: Entry) -> str:
    """Return the address of the entry on the server: its `review`, its `page` or its `json`."""
    return f"/{kind}/{quote(entry.key, safe='/')}"


def render_shelf(entries: Sequence[Entry], *, query: str, order: Order, of: int, problems: Sequence[str]) -> str:
    """Return the list of the entries as a page; `of` is how many the folder has, `problems` names what is no review."""
    found = spell_count(len(entries), "review") if not query else f"{len(entries)} of {spell_count(of, 'review')}"
    return render_page("shelf", page=_Shelf(
        tool=f"reviewbot {__version__}", query=query, order=order, orders=ORDERS,
        lines=tuple(_line(one) for one in entries[:_MOST]), found=found, left=max(0, len(entries) - _MOST),
        problems=tuple(clip(text, 300) for text in problems[:_MOST_PROBLEMS])))


def _line(entry: Entry) -> _Line:
    return _Line(url=address_of("review", entry), title=entry.subject, byline=_byline(entry),
                 conclusion=pieces(entry.conclusion), weight=entry.weight, counts=_counts(entry))


def _byline(entry: Entry) -> str:
    return " · ".join(part for part in (entry.author, say_date(entry.date), entry.list_name,
                                        f"Linux {entry.kernel}" if entry.kernel else "") if part)


def _counts(entry: Entry) -> tuple[tuple[str, str], ...]:
    counts = tuple((level, spell_count(entry.levels.count(level), *LEVEL_NOUNS[level]))
                   for level in LEVELS if level in entry.levels)
    return (*counts, *([("note", f"{entry.suppressed} suppressed")] if entry.suppressed else []))


def render_stored(entry: Entry) -> str:
    """Return the review of the entry as a page: its first page, and the findings with what they rest on."""
    review, page = entry.review, entry.review.page
    known = {finding.id: finding for finding in review.findings}
    shown = in_report_order(review.findings)
    return render_page("stored", tool=f"reviewbot {__version__}", page={
        "tool": f"reviewbot {__version__}", "title": entry.subject, "byline": _byline(entry),
        "url": mail_url(review.message_id), "conclusion": pieces(page.conclusion or "No first page was written."),
        "since": pieces(page.since), "notices": review.notices, "counts": _counts(entry),
        "html": address_of("page", entry) if entry.html else "", "json": address_of("json", entry),
        "rows": [{"anchor": anchor_for("row", row.id), "verdict": row.verdict, "weight": row.weight.value,
                  "where": quote_names(row.arch, most=12), "when": row.config,
                  "text": pieces(row.statement), "patch": row.patch, "place": say_place(row.file, row.line)
                  if row.file else "", "links": [(name, anchor_for("finding", name)) for name in row.because
                                                 if name in known]} for row in page.rows],
        "asks": [{"text": pieces(known[name].question or known[name].message), "patch": known[name].patch,
                  "place": say_place(known[name].file, known[name].line), "link": anchor_for("finding", name)}
                 for name in page.ask if name in known],
        "not_seen": "; ".join(page.not_seen),
        "new": [_card(one) for one in shown if is_new(one)],
        "old": [_card(one) for one in shown if not one.introduced and not one.suppressed],
        "suppressed": [_card(one) for one in shown if one.suppressed],
    })


def _card(finding: Finding) -> dict[str, object]:
    return {"anchor": anchor_for("finding", finding.id), "level": finding.level, "rule": finding.rule,
            "place": say_place(finding.file, finding.line) if finding.file else "", "message": pieces(finding.message),
            "question": pieces(finding.question), "code": clip(finding.code, 300), "id": finding.id,
            "where": quote_names(finding.arch, most=30) or "every architecture",
            "when": clip(finding.config, 600) or "any configuration", "proof": proof(finding.evidence),
            "suppressed": clip(finding.suppressed, 300),
            "origin": f"patch {finding.patch}" if finding.introduced else "older than the series",
            "fixed": f"mended by patch {finding.fixed_by}" if finding.fixed_by else ""}

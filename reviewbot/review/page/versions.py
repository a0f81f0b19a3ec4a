"""What became of the page between two versions of a series."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.findings.types import Finding
from reviewbot.review.page.events import plain_names
from reviewbot.review.page.found import speaks
from reviewbot.review.page.types import PageRow
from reviewbot.review.types import Review
from reviewbot.text import clip

__all__ = ["with_previous"]

_LONGEST = 160


def with_previous(now: Review, before: Review) -> Review:
    """Return the review with a line that says what of the earlier version's page and findings is gone, stays, is new.

    Rows are the same when they say the same with the same verdict under the same condition, findings when their
    fingerprints agree: lines that only moved, and patches with other numbers, are no difference.
    """
    old_rows, new_rows = _rows(before), _rows(now)
    old, new = _findings(before), _findings(now)
    still = {gist for gist, _, _ in new_rows}
    gone = [row.statement if row.gist in still else row.gist for key, row in old_rows.items() if key not in new_rows]
    gone += [_said(finding) for mark, finding in old.items()
             if mark not in new and not any(_said(finding) in text for text in gone)]
    kept = sum(key in old_rows for key in new_rows) + sum(mark in old for mark in new)
    fresh = sum(key not in old_rows for key in new_rows) + sum(mark not in old for mark in new)
    if not (gone or kept or fresh):
        return now
    parts = []
    if gone:
        more = f" (and {len(gone) - 1} more)" if len(gone) > 1 else ""
        parts.append(f"no longer so: {clip(gone[0], _LONGEST)}{more}")
    if kept:
        parts.append(f"{kept} {'statement stays' if kept == 1 else 'statements stay'}")
    parts.append("nothing is new" if not fresh else f"{fresh} {'statement is' if fresh == 1 else 'statements are'} new")
    since = f"Since v{before.series.version}: {'; '.join(parts)}."
    return replace(now, first_page=replace(now.first_page, since=since))


def _rows(review: Review) -> dict[tuple[str, str, str], PageRow]:
    """Return the changed rows of the page, by sentence, condition and verdict."""
    return {(row.gist, row.config, row.verdict): row for row in review.first_page.rows if row.verdict != "same"}


def _findings(review: Review) -> dict[str, Finding]:
    """Return the findings that no row is made of, by what survives from version to version."""
    told = {name for row in review.first_page.rows for name in row.because}
    return {finding.fingerprint: finding for finding in review.findings if speaks(finding) and finding.id not in told}


def _said(finding: Finding) -> str:
    return plain_names(finding.message, frozenset({finding.function, finding.symbol})).rstrip(".")

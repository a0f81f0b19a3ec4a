"""The review as the JSON array that b4's two review check hooks read."""

from __future__ import annotations

import json
from collections.abc import Mapping

from reviewbot.findings.types import LEVELS, Finding, Level
from reviewbot.report.order import counted, in_report_order, is_new, say_counts
from reviewbot.report.words import say_coverage, say_place
from reviewbot.review.types import Review
from reviewbot.text import squash, visible

__all__ = ["refuse_b4", "render_b4"]

_STATUS: Mapping[Level, str] = {"error": "fail", "warning": "warn", "question": "warn", "note": "pass"}
_WORST = ("fail", "warn", "pass")


def render_b4(*reviews: Review, patch: int | None = None, url: str = "") -> str:
    """Return the array for `b4.review-series-check-cmd`, or for one patch for `b4.review-perpatch-check-cmd`.

    It has one entry for each review. One that found nothing passes and says what was looked at. Old and suppressed
    findings are listed but pass; the gravest findings come first. `url` is where the whole report can be read, if
    anywhere. `details` is itself JSON, a list of `{"status", "description"}`: b4 0.16 shows such a list line by line
    with the status coloured.
    """
    return _array([_entry(review, patch, url) for review in reviews])


def _entry(review: Review, patch: int | None, url: str) -> dict[str, str]:
    findings = [f for f in in_report_order(review.findings) if patch is None or f.patch == patch]
    new = counted(findings)
    statuses = {_status(finding) for finding in findings}
    gravest = sorted(findings, key=lambda f: (_WORST.index(_status(f)), LEVELS.index(f.level)))
    details = [{"status": _status(f), "description": _describe(f)} for f in gravest]
    coverage = visible(say_coverage(review.coverage))
    details.append({"status": "pass", "description": coverage})
    return {
        "tool": "reviewbot",
        "status": next((status for status in _WORST if status in statuses), "pass"),
        "summary": say_counts(new) if new else f"nothing found; {coverage[:1].lower()}{coverage[1:-1]}",
        "url": url,
        "details": json.dumps(details, ensure_ascii=True),
    }


def refuse_b4(why: str) -> str:
    """Return the array for an input that could not be reviewed: a warning with the reason."""
    entry = {"tool": "reviewbot", "status": "warn", "summary": f"not reviewed: {squash(visible(why))}", "url": "",
             "details": ""}
    return _array([entry])


def _array(entries: list[dict[str, str]]) -> str:
    return json.dumps(entries, indent=1, ensure_ascii=True) + "\n"


def _status(finding: Finding) -> str:
    return _STATUS[finding.level] if is_new(finding) else "pass"


def _describe(finding: Finding) -> str:
    mark = "" if is_new(finding) else "(suppressed) " if finding.suppressed else "(old) "
    place = say_place(finding.file, finding.line)
    return visible(squash(f"{mark}{place}{': ' if place else ''}{finding.level}: {finding.message} [{finding.rule}]"))

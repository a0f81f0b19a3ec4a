"""The review as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping

from reviewbot.findings.types import RuleText
from reviewbot.report.behaviour import say_failure
from reviewbot.report.frame import render_page
from reviewbot.report.levels import level_meanings, weight_tables
from reviewbot.report.page import build_page
from reviewbot.review.types import Review

__all__ = ["render_html"]


def render_html(review: Review, rules: Mapping[str, RuleText]) -> str:
    """Return the whole page; `rules` are the rule texts by id. The same review gives the same bytes."""
    return render_page("report", page=build_page(review, rules), say_failure=say_failure,
                       levels=level_meanings(), weights=weight_tables())

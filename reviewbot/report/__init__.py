"""What comes out: a review as HTML, text, one-line text, JSON, SARIF, b4 checks and reply drafts; the model's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
    from reviewbot.report.b4_checks import refuse_b4, render_b4
    from reviewbot.report.html_page import render_html
    from reviewbot.report.json_form import SCHEMA, SCHEMA_SEVERAL, render_json, render_json_several
    from reviewbot.report.model_page import render_model_html
    from reviewbot.report.model_words import (
        Line,
        SaidBefore,
        say_backend,
        say_behaviour,
        say_found,
        say_setting,
        say_switch,
        say_yes,
    )
    from reviewbot.report.order import count_levels, counted, in_report_order, is_new, say_counts
    from reviewbot.report.progress import ProgressDisplay, Report, no_progress
    from reviewbot.report.reply import Draft, Selected, draft_for, draft_replies, render_eml, select
    from reviewbot.report.sarif_log import render_sarif
    from reviewbot.report.show import PAGE, Show
    from reviewbot.report.stored import StoredReview, read_record, read_review, read_reviews
    from reviewbot.report.terminal import PLAIN, Screen, render_terse, render_text, screen_for
    from reviewbot.report.words import say_coverage

__all__ = [
    "PAGE",
    "PLAIN",
    "SCHEMA",
    "SCHEMA_SEVERAL",
    "Draft",
    "Line",
    "ProgressDisplay",
    "Report",
    "SaidBefore",
    "Screen",
    "Selected",
    "Show",
    "StoredReview",
    "count_levels",
    "counted",
    "draft_for",
    "draft_replies",
    "in_report_order",
    "is_new",
    "no_progress",
    "read_record",
    "read_review",
    "read_reviews",
    "refuse_b4",
    "render_b4",
    "render_eml",
    "render_html",
    "render_json",
    "render_json_several",
    "render_model_html",
    "render_sarif",
    "render_terse",
    "render_text",
    "say_backend",
    "say_behaviour",
    "say_counts",
    "say_coverage",
    "say_found",
    "say_setting",
    "say_switch",
    "say_yes",
    "screen_for",
    "select",
]

# Loaded when first asked for: rich and jinja2 take longer to load than a scan takes with its index.
_HOMES = {
    "Draft": "reply",
    "Line": "model_words",
    "PAGE": "show",
    "PLAIN": "terminal",
    "ProgressDisplay": "progress",
    "Report": "progress",
    "SCHEMA": "json_form",
    "SCHEMA_SEVERAL": "json_form",
    "SaidBefore": "model_words",
    "Screen": "terminal",
    "Selected": "reply",
    "Show": "show",
    "StoredReview": "stored",
    "count_levels": "order",
    "counted": "order",
    "draft_for": "reply",
    "draft_replies": "reply",
    "in_report_order": "order",
    "is_new": "order",
    "no_progress": "progress",
    "read_record": "stored",
    "read_review": "stored",
    "read_reviews": "stored",
    "refuse_b4": "b4_checks",
    "render_b4": "b4_checks",
    "render_eml": "reply",
    "render_html": "html_page",
    "render_json": "json_form",
    "render_json_several": "json_form",
    "render_model_html": "model_page",
    "render_sarif": "sarif_log",
    "render_terse": "terminal",
    "render_text": "terminal",
    "say_backend": "model_words",
    "say_behaviour": "model_words",
    "say_counts": "order",
    "say_coverage": "words",
    "say_found": "model_words",
    "say_setting": "model_words",
    "say_switch": "model_words",
    "say_yes": "model_words",
    "screen_for": "terminal",
    "select": "reply",
}

__getattr__ = exports_of(__name__, _HOMES)

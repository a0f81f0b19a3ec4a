"""What comes out: a review as HTML, text, one-line text, JSON, SARIF, b4 checks and reply drafts."""

from reviewbot.report.b4_checks import render_b4
from reviewbot.report.html_page import render_html
from reviewbot.report.json_form import SCHEMA, SCHEMA_SEVERAL, render_json, render_json_several
from reviewbot.report.order import count_levels, in_report_order, is_new, say_counts
from reviewbot.report.progress import ProgressDisplay, Report, no_progress
from reviewbot.report.reply import Draft, draft_for, draft_replies, render_eml
from reviewbot.report.sarif_log import render_sarif
from reviewbot.report.stored import StoredReview, read_review
from reviewbot.report.terminal import PLAIN, Screen, render_terse, render_text, screen_for
from reviewbot.report.words import say_coverage

__all__ = [
    "PLAIN",
    "SCHEMA",
    "SCHEMA_SEVERAL",
    "Draft",
    "ProgressDisplay",
    "Report",
    "Screen",
    "StoredReview",
    "count_levels",
    "draft_for",
    "draft_replies",
    "in_report_order",
    "is_new",
    "no_progress",
    "read_review",
    "render_b4",
    "render_eml",
    "render_html",
    "render_json",
    "render_json_several",
    "render_sarif",
    "render_terse",
    "render_text",
    "say_counts",
    "say_coverage",
    "screen_for",
]

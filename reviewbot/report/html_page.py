"""The review as one HTML file: no script, nothing loaded from elsewhere, light and dark, fit for print."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reviewbot.findings.types import RuleText
from reviewbot.report.behaviour import say_failure
from reviewbot.report.page import build_page
from reviewbot.resources import data_folder
from reviewbot.review.types import Review
from reviewbot.text import visible

__all__ = ["render_html"]


def render_html(review: Review, rules: Mapping[str, RuleText]) -> str:
    """Return the whole page; `rules` are the rule texts by id. The same review gives the same bytes."""
    environment, style = _environment()
    # The policy names the style sheet by its hash, so not even a stray style attribute would be obeyed.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("page.html").render(
        page=build_page(review, rules), style=Markup(style), style_hash=f"sha256-{digest}",  # noqa: S704  # our own file
        say_failure=say_failure)


@lru_cache(maxsize=1)
def _environment() -> tuple[Environment, str]:
    folder = data_folder("templates") / "report"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True, finalize=_shown)
    return environment, (folder / "style.css").read_text(encoding="utf-8")


def _shown(value: object) -> object:
    """Return what a template prints: all text but our own markup has its control characters spelled out."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

"""The frame of every HTML page: no script, nothing loaded from elsewhere, light and dark, fit for print."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reviewbot.resources import data_folder
from reviewbot.text import visible

__all__ = ["render_page", "style_hash"]


def render_page(kind: str, **values: object) -> str:
    """Return the page `templates/KIND/page.html` of these values, with the house's style sheet and the kind's own."""
    return _environment().get_template(f"{kind}/page.html").render(
        style=Markup(_style(kind)), style_hash=style_hash(kind), **values)  # noqa: S704  # our own file


def style_hash(kind: str) -> str:
    """Return the kind's style sheet as a content policy names it: not even a stray style attribute would be obeyed."""
    return f"sha256-{base64.b64encode(hashlib.sha256(_style(kind).encode()).digest()).decode()}"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(data_folder("templates")), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True, finalize=_shown)


@lru_cache(maxsize=8)
def _style(kind: str) -> str:
    folder = data_folder("templates")
    return "\n".join((folder / part / "style.css").read_text(encoding="utf-8") for part in ("house", kind))


def _shown(value: object) -> object:
    """Return what a template prints: all text but our own markup has its control characters spelled out."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

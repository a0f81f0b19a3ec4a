"""A rule's Markdown as HTML."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup

from reviewbot.patterns import regex
from reviewbot.text import visible

__all__ = ["markdown_to_html"]

_SAFE_LINK = regex(r"https?://", re.ASCII)
_HEADING = regex(r"<(/?)h([1-6])>")


@lru_cache(maxsize=256)
def markdown_to_html(text: str, *, top_heading: int) -> Markup:
    """Return the Markdown as HTML whose largest heading is `<h{top_heading}>`.

    HTML inside the Markdown is shown as text, images become their description, and only http and https links stay
    links: a rule folder may come from somebody else (`--rules DIR`).
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a review on a terminal shows no Markdown

    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")
    # `validateLink` is how markdown-it lets its caller narrow the links; it is an ordinary attribute there.
    markdown.validateLink = _is_safe_link  # type: ignore[method-assign]
    html = markdown.render(visible(text)).replace("<pre>", '<pre tabindex="0">')  # what scrolls can be reached by keys
    levels = [int(level) for _, level in _HEADING.findall(html)]
    shift = top_heading - min(levels, default=top_heading)
    return Markup(_HEADING.sub(lambda m: f"<{m[1]}h{min(6, int(m[2]) + shift)}>", html))  # noqa: S704  # escaped above


def _is_safe_link(url: str) -> bool:
    return bool(_SAFE_LINK.match(url))

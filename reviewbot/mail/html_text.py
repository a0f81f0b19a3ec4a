"""The text of a mail that is HTML only: marks taken out, entities read, lines where a browser would break them."""

from __future__ import annotations

import html
import re

from reviewbot.patterns import regex

__all__ = ["html_text"]

# A mark ends where the next one begins, so that an unclosed one costs no second look at what is behind it.
_MARK = regex(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,15})(?:[\s/][^<>]*)?>")
_HIDDEN = regex(r"<(style|script|head|title)\b[^<>]*>", re.IGNORECASE)
_BLANKS = regex(r"[ \t\r\n]+")
_BREAKS = frozenset({"br", "div", "p", "pre", "tr", "li", "table", "blockquote", "h1", "h2", "h3", "hr"})


def html_text(text: str) -> str:
    """Return what the page shows, a line for each of its lines."""
    text = _without(_without(text, "<!--", "-->"), "<!", ">")
    text = _without_hidden(text)
    pieces: list[str] = []
    kept = 0  # how deep inside of <pre>, whose blanks count
    start = 0
    for found in _MARK.finditer(text):
        _add(pieces, text[start:found.start()], kept=kept > 0)
        start = found.end()
        name, closing = found[2].lower(), found[1] == "/"
        if name == "pre":
            kept = max(0, kept - 1) if closing else kept + 1
        if name == "br" or (name in _BREAKS and pieces and not pieces[-1].endswith("\n")):
            pieces.append("\n")
    _add(pieces, text[start:], kept=kept > 0)
    return "".join(pieces).replace("\xa0", " ")


def _add(pieces: list[str], raw: str, *, kept: bool) -> None:
    if not raw:
        return
    if not kept:
        begins = not pieces or pieces[-1].endswith("\n")
        blank = begins and (raw[0] in "\r\n" or not raw.strip(" \t\r\n"))
        # A blank behind a break is the first column of a diff; one behind a line end of the source is none.
        raw = _BLANKS.sub(" ", raw).lstrip(" ") if blank else _BLANKS.sub(" ", raw)
    if raw:
        pieces.append(html.unescape(raw))


def _without(text: str, opening: str, closing: str) -> str:
    """Return the text without all that stands from `opening` to `closing`; what is never closed goes to the end."""
    pieces = []
    start = 0
    while (at := text.find(opening, start)) >= 0:
        pieces.append(text[start:at])
        end = text.find(closing, at)
        if end < 0:
            return "".join(pieces)
        start = end + len(closing)
    return "".join((*pieces, text[start:]))


def _without_hidden(text: str) -> str:
    pieces = []
    start = 0
    lowered = text.lower()
    while found := _HIDDEN.search(text, start):
        pieces.append(text[start:found.start()])
        closing = f"</{found[1].lower()}"
        end = lowered.find(closing, found.end())
        if end < 0:
            return "".join(pieces)
        start = lowered.find(">", end) + 1 or len(text)
    return "".join((*pieces, text[start:]))

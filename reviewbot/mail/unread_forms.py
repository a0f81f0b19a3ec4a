"""Differences in forms that are not read, known by what they look like and named."""

from __future__ import annotations

import re

from reviewbot.patterns import regex

__all__ = ["unread_form"]

_CONTEXT = regex(r"^\*\*\* \S.*\n--- \S.*\n\*{15}", re.MULTILINE)
_NORMAL = regex(r"\A\s*(?:diff [^\n]*\n)?\d{1,8}(?:,\d{1,8})?[acd]\d{1,8}(?:,\d{1,8})?\n[<>] ")
_HUNK = regex(r"^@@ -\d{1,8}(?:,\d{1,8})? \+\d{1,8}(?:,\d{1,8})? @@[^\n]*\n", re.MULTILINE)
_BEHIND = regex(r"^(?:@@ -|diff -|commit [0-9a-f]{7}|-- ?$)", re.MULTILINE)
_CHANGED = regex(r"^[+-]", re.MULTILINE)
_NEW_LINE = regex(r"^~$", re.MULTILINE)
_MOST = 8  # hunks that are looked at


def unread_form(text: str) -> str:
    """Return what form of difference stands in the text that is not read; empty when none does.

    A word diff (`--word-diff`, `--color-words`) has hunks in which no line begins with a plus or a minus, or whose
    lines end in a tilde of their own; no program can tell from it what whole lines were.
    """
    if "***************" in text and _CONTEXT.search(text):
        return "a context diff (diff -c)"
    if _NORMAL.match(text):
        return "a diff without context (diff without -u)"
    words = lines = 0
    for number, hunk in enumerate(_HUNK.finditer(text)):
        if number >= _MOST:
            break
        behind = _BEHIND.search(text, hunk.end())
        body = text[hunk.end():behind.start() if behind else len(text)]
        if body.strip():
            word = not _CHANGED.search(body) or bool(_NEW_LINE.search(body))
            words, lines = words + word, lines + (not word)
    return "a word diff (--word-diff, --color-words)" if words > lines else ""

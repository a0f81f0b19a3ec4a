"""Bytes of a mail to text, whatever the mail says its charset is."""

from __future__ import annotations

import codecs
import re

from reviewbot.patterns import regex
from reviewbot.text import decode

__all__ = ["decode_text"]

# Python also registers codecs that are no charsets of mail (rot13, punycode, unicode_escape); some of them take
# quadratic time on bytes made for it.
_CHARSETS = regex(
    r"(utf[-_]?(8|16|32)|us-ascii|ascii|latin|iso|cp\d|windows|koi8|gb|hz|big5|euc|shift|s?jis|johab|mac|tis|kz|ptcp|hp)",
    re.IGNORECASE)


def decode_text(data: bytes, charset: str) -> tuple[str, str]:
    """Return the text, and a notice when the named charset (may be empty) is unknown or does not fit the bytes."""
    name = charset.strip().strip("\"'").lower()
    if not name or name in {"us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "8bit", "default"}:
        return decode(data), ""
    shown = re.sub(r"[^!-~]", "?", name)[:40]
    if "\0" in name or not _CHARSETS.match(name):
        return decode(data), f"the charset '{shown}' is unknown; read as UTF-8 or Latin-1"
    try:
        return data.decode(codecs.lookup(name).name), ""
    except (LookupError, ValueError):
        pass
    try:
        text = data.decode(name, errors="replace")
    except (LookupError, ValueError):
        return decode(data), f"the charset '{shown}' is unknown; read as UTF-8 or Latin-1"
    return text, f"some bytes are not of the charset '{shown}'"

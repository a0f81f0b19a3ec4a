"""Text from strangers: decoding bytes, and making what is printed harmless."""

from __future__ import annotations

import unicodedata

__all__ = ["clip", "decode", "quote_names", "squash", "visible"]


def decode(data: bytes) -> str:
    """Return the text of kernel sources and diffs: UTF-8, and Latin-1 for the bytes that are not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def squash(text: str) -> str:
    """Return the text with every run of white space as one blank, and none at the ends."""
    return " ".join(text.split())


def clip(text: str, width: int) -> str:
    """Return the text in at most `width` characters; a cut is marked by three dots."""
    return text if len(text) <= width else text[: max(0, width - 3)] + "..."


def quote_names(names: tuple[str, ...] | list[str], *, most: int = 6, joint: str = "and") -> str:
    """Return names as an English list, 'a, b and c' (or with another `joint`); past `most` the rest is counted."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {joint} {shown[-1]}"


def visible(text: str) -> str:
    """Return the text with control and invisible format characters spelled out, so no terminal obeys them.

    Newlines and tabs stay. Everything of category Cc, Cf, Cs, Co and Zl/Zp becomes `<U+XXXX>`.
    """
    if text.isascii() and text.isprintable():
        return text
    out = []
    for char in text:
        if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            out.append(char)
        else:
            out.append(f"<U+{ord(char):04X}>")
    return "".join(out)

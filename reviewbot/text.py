"""Text from strangers: decoding bytes, and making what is printed harmless."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

__all__ = ["clip", "decode", "nearest", "places_of", "quote_names", "squash", "visible"]

_WORD_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")


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


def places_of(word: bytes, text: bytes, *, joined_by: bytes = b"") -> Iterator[int]:
    """Yield the offsets at which the identifier stands in the text; a byte of `joined_by` beside it makes it another.

    A regular expression that looks behind has to try every byte; this takes a hundredth of its time.
    """
    at, size = text.find(word) if word else -1, len(word)
    while at >= 0:
        end = at + size
        before, after = text[at - 1] if at else 0, text[end] if end < len(text) else 0
        if before not in _WORD_BYTES and after not in _WORD_BYTES \
                and not (joined_by and (before in joined_by or after in joined_by)):
            yield at
            at = text.find(word, end)
        else:
            at = text.find(word, at + 1)


def nearest(name: str, known: Iterable[str], *, most: int = 3, likeness: float = 0.6) -> list[str]:
    """Return the known names that are most like the one that was typed, the likest first; empty when none is like it.

    Letter case, and whether words are joined by `-` or `_`, make no difference; a name that begins like the whole of
    what was typed is like it.
    """
    typed = _plain(name)
    scored = []
    for one in dict.fromkeys(known):
        plain = _plain(one)
        short = min(len(typed), len(plain))
        if short and 2 * short / (len(typed) + len(plain)) >= likeness:  # no more can be alike than the shorter has
            score = SequenceMatcher(None, plain, typed, autojunk=False).ratio()
        else:
            score = 0.0
        if short > 2 and plain.startswith(typed):
            score = max(score, 0.9)
        if score >= likeness:
            scored.append((-score, one))
    return [one for _, one in sorted(scored)[:most]]


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


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

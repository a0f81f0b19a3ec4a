"""Text from strangers: decoding bytes, and making what is printed harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from reviewbot.patterns import regex

__all__ = ["as_returned", "bytes_between", "clip", "closing", "decode", "is_bracketed", "line_at", "lines_between",
           "nearest", "places_of", "quote_names", "squash", "visible"]

_WORD_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")


def decode(data: bytes) -> str:
    """Return the text of kernel sources and diffs: UTF-8, and Latin-1 for the bytes that are not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def as_returned(error: str) -> str:
    """Return how C code spells the value that stands for an error: `-ENOMEM`, or the number itself, `1`."""
    return error if error.isdigit() else f"-{error}"


def squash(text: str) -> str:
    """Return the text with every run of white space as one blank, and none at the ends."""
    return " ".join(text.split())


def clip(text: str, width: int) -> str:
    """Return the text in at most `width` characters; a cut is marked by three dots."""
    return text if len(text) <= width else text[: max(0, width - 3)] + "..."


def line_at(data: bytes | None, number: int) -> str:
    """Return that line of a file, counted from 1, with single blanks; empty where the file has no such line."""
    lines = lines_between(data, number, number) if number > 0 else []
    return squash(lines[0]) if lines else ""


def bytes_between(data: bytes, first: int, last: int) -> bytes:
    """Return the lines of a file from the first to the last, both counted from 1, as they are."""
    return b"\n".join(data.split(b"\n")[max(0, first - 1):max(0, last)])


def lines_between(data: bytes | None, first: int, last: int) -> list[str]:
    """Return the lines of a file from the first to the last, both counted from 1."""
    return list(_between(data or b"", first, last))


@lru_cache(maxsize=256)
def _between(data: bytes, first: int, last: int) -> tuple[str, ...]:
    return tuple(decode(line.removesuffix(b"\r")) for line in data.split(b"\n")[first - 1:last])


def closing(text: str, opening: int, pair: str = "()") -> int:
    """Return where the bracket of the pair that opens at `opening` closes, -1 where none opens or it stays open."""
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] == pair[0]) - (text[at] == pair[1])
        if depth <= 0:
            return at if depth == 0 and at > opening else -1
    return -1


def is_bracketed(text: str, start: int = 0) -> bool:
    """Return whether one pair of round brackets stands around the whole text behind `start`."""
    return text.startswith("(", start) and closing(text, start) == len(text) - 1


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
    """Return the text with what a reader does not see, or takes for something else, spelled out.

    Newlines and tabs stay. Everything of category Cc, Cf, Cs, Co and Zl/Zp becomes `<U+XXXX>`, a byte that is no UTF-8
    `\\xXX`, so that no terminal obeys it; so do fillers that show nothing, and letters of other scripts that pass for
    Latin ones in a name or path.
    Of more than three marks on one letter the rest is counted.
    """
    if text.isascii() and text.isprintable():
        return text
    out = [char if char in "\n\t" or (unicodedata.category(char) not in _OBEYED and char not in _FILLERS)
           else _spelled(char) for char in text]
    shown = "".join(out)
    if shown.isascii():
        return shown
    shown = _STACKED.sub(lambda hit: f"{hit[1]}<{len(hit[2])} more marks>", shown)
    return _TOKEN.sub(lambda hit: _without_doubles(hit[0]), shown) if _DOUBLE.search(shown) else shown


_OBEYED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_MARKS = ("[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
          "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]")
_STACKED = regex(f"({_MARKS}{{3}})({_MARKS}+)")
_DOUBLE = regex(
    "[\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1"
    "\u03c5\u03f2\u03f3\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c-\u041e\u0420-\u0423\u0425\u0430\u0435\u043e\u0440"
    "\u0441\u0443\u0445\u0455\u0456\u0458\u04ae\u04af\u04bb\u04c0\u04cf\u0501\u051b\u051d\uff21-\uff3a\uff41-\uff5a"
    "\U0001d400-\U0001d7ff]")
"""Greek, Cyrillic, fullwidth and mathematical letters that look like Latin ones."""
_TOKEN = regex(r"[\w./+-]+")
_LETTERS = regex(r"[^\W\d_]+")
_LATIN = regex(r"[A-Za-z]")


def _spelled(char: str) -> str:
    """Return what stands for a letter that nobody sees; of a name that is no UTF-8 the byte, as shells write it."""
    code = ord(char)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"<U+{code:04X}>"


def _without_doubles(token: str) -> str:
    """Return a name or path with the letters spelled out that pass for Latin ones beside real ones."""
    if not _LATIN.search(token):
        return token

    def told(hit: re.Match[str]) -> str:
        word = hit[0]
        mixed = _LATIN.search(word) or (token != word and not _DOUBLE.sub("", word))
        return _DOUBLE.sub(lambda one: _spelled(one[0]), word) if mixed else word

    return _LETTERS.sub(told, token)

"""C as words: comments, strings and preprocessor lines are told apart, everything else becomes a token.

Accepted: GNU C with kernel habits. A string or character that does not end on its line ends there; a comment that
does not end runs to the end of the file. Nothing here fails: every byte belongs to a token or to white space.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple

from reviewbot.patterns import regex

__all__ = [
    "CHAR", "COMMENT", "DIRECTIVE", "KEYWORDS", "STRING", "Lines", "Token", "TokenKind", "blank", "closing_word",
    "identifiers", "same_code", "squash_c", "tokens",
]

TokenKind = Literal["name", "number", "string", "char", "punct", "directive"]

KEYWORDS = frozenset({
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float",
    "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof",
    "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "_Bool", "_Alignof",
    "_Generic", "_Static_assert", "typeof", "__typeof__", "__typeof", "asm", "__asm__", "__asm",
})

COMMENT = rb"/\*.*?(?:\*/|\Z)|//(?:\\\r?\n|[^\n])*"
STRING = rb'"(?:\\.|[^"\\\n])*+"?'
CHAR = rb"'(?:\\.|[^'\\\n]){1,12}'"
DIRECTIVE = rb"\#(?:\\\r?\n|" + COMMENT + rb"|" + STRING + rb"|" + CHAR + rb"|[^\n])*"
"""From the `#` to the end of the line, continuation lines and comments over several lines included."""

_TOKEN = regex(
    rb"(?P<skip>[ \t\r\n\f\v]+|\\\r?\n|" + COMMENT + rb")"
    rb"|(?P<string>(?:L|u8?|U)?" + STRING + rb")"
    rb"|(?P<char>" + CHAR + rb")"
    rb"|(?P<name>[A-Za-z_$][\w$]*)"
    rb"|(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)"
    rb"|(?P<punct>\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&^|]=|\#\#|.)",
    re.DOTALL)
# The same with what stands before each word, for the whole text at once: findall gives no positions, but their lengths.
_WORD = regex(
    r"((?:[ \t\r\n\f\v]++|\\\r?\n|" + COMMENT.decode() + r")*+)"
    r"([A-Za-z_$][A-Za-z0-9_$]*+(?!\")|[(),;]|" + DIRECTIVE.decode() + r"|(?:L|u8?|U)?" + STRING.decode() +
    r"|" + CHAR.decode() + r"|[A-Za-z_$][A-Za-z0-9_$]*+|\.?[0-9](?:[eEpP][+-]|[A-Za-z0-9_.])*+"
    r"|\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&^|]=|.|\Z)",
    re.DOTALL)
_LONG = frozenset({"directive", "string", "char"})  # may go on over the end of a line
_KINDS: dict[str, TokenKind | None] = {
    **dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$", "name"),
    **dict.fromkeys("0123456789", "number"), '"': "string", **dict.fromkeys("LuU.'#")}
"""What a word is by its first character; None: it depends. Everything else is punctuation."""
_DIRECTIVE = regex(rb"[ \t]*+(?P<text>" + DIRECTIVE + rb")", re.DOTALL)
_IDENTIFIER = regex(COMMENT + rb"|" + STRING + rb"|" + CHAR + rb"|(?P<name>[A-Za-z_$][\w$]*)|\.?\d[\w.]*",
                    re.DOTALL)


class Token(NamedTuple):
    """One word of C: its `kind`, its `text`, where it starts (byte `offset`), and its 1-based `line`.

    `directive` is a whole preprocessor line with its continuation lines.
    """

    kind: TokenKind
    text: str
    offset: int
    line: int

    @property
    def end(self) -> int:
        """Return the byte offset just past the token."""
        return self.offset + len(self.text)


class Lines:
    """Translates byte offsets of one text into 1-based lines and 1-based byte columns."""

    __slots__ = ("_data", "_starts", "size")

    def __init__(self, data: bytes) -> None:
        """Take the text; its lines are indexed when the first of them is asked for."""
        self._data = data
        self.size = len(data)

    def __getattr__(self, name: str) -> array[int]:
        """Return where the lines start: Python comes here while `_starts` is not set."""
        if name != "_starts":
            raise AttributeError(name)
        # Splitting is the quickest way to all newlines that Python has.
        self._starts = array("Q", accumulate(map((1).__add__, map(len, self._data.split(b"\n"))), initial=0))
        self._starts.pop()
        self._data = b""
        return self._starts

    def line(self, offset: int) -> int:
        """Return the 1-based line that holds the byte at `offset`."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        """Return the 1-based byte column of `offset` in its line."""
        return offset - self._starts[bisect_right(self._starts, offset) - 1] + 1

    def start(self, line: int) -> int:
        """Return the byte offset at which the 1-based `line` starts; past the last line, the size of the text."""
        return self._starts[line - 1] if 0 < line <= len(self._starts) else self.size

    def count(self) -> int:
        """Return how many lines there are."""
        return len(self._starts)


@lru_cache(maxsize=64)
def lines_in(data: bytes) -> Lines:
    """Return the lines of a whole file; the few files that a review is about are asked again for each function."""
    return Lines(data)


def tokens(data: bytes, *, start: int = 0, end: int | None = None, lines: Lines | None = None) -> tuple[Token, ...]:
    """Return the tokens of `data` between two byte offsets, in order; comments and white space are left out.

    Bytes that are not ASCII are read as Latin-1, so that offsets stay true.
    """
    stop = len(data) if end is None else end
    lines = lines or lines_in(data)
    found = _words(data, start, stop, lines)
    return tuple(_scan(data, start, stop, lines)) if found is None else tuple(found)


def closing_word(words: Sequence[Token], opening: int) -> int:
    """Return the number of the word that closes the round bracket at `opening`, -1 where it stays open."""
    level = 0
    for number in range(opening, len(words)):
        level += (words[number].text == "(") - (words[number].text == ")")
        if level == 0:
            return number
    return -1


def _words(data: bytes, start: int, end: int, lines: Lines) -> list[Token] | None:
    """Return what `_scan` yields in half its time; None where a `#` inside a line is no directive, which it assumes."""
    found: list[Token] = []
    add, make, line = found.append, tuple.__new__, lines.line
    fresh = start == 0 or data[start - 1:start] == b"\n"
    at, row, moved = start, 0, True
    for skipped, text in _WORD.findall(data[start:end].decode("latin-1")):
        if not text:
            break
        at += len(skipped)
        moved = moved or "\n" in skipped
        kind = _KINDS.get(text[0], "punct") or _kind_of(text, fresh=fresh or "\n" in skipped)
        if not kind:
            return None
        if moved:
            row, moved = line(at), False
        add(make(Token, (kind, text, at, row)))
        at += len(text)
        if kind in _LONG:
            moved = "\n" in text
        fresh = False
    return found


def _kind_of(text: str, *, fresh: bool) -> TokenKind | None:
    """Return what a word is whose first character leaves it open; None for a `#` that starts no directive."""
    first = text[0]
    if first == "#":
        return "directive" if fresh else None
    if first == "'":
        return "char" if len(text) > 1 else "punct"
    if first == ".":
        return "number" if text[1:2].isdecimal() else "punct"
    return "string" if '"' in text else "name"


def _scan(data: bytes, start: int, end: int, lines: Lines) -> Iterator[Token]:
    position = start
    fresh = start == 0 or data[start - 1:start] == b"\n"  # only blanks since the line began
    match = _TOKEN.match
    while position < end:
        if fresh and (found := _DIRECTIVE.match(data, position, end)):
            offset = found.start("text")
            yield Token("directive", found.group("text").decode("latin-1"), offset, lines.line(offset))
            position, fresh = found.end(), False
            continue
        found = match(data, position, end)
        if not found:
            return
        kind = found.lastgroup
        if kind == "skip":
            fresh = (fresh and not found.group().startswith(b"\\")) or b"\n" in found.group()
        else:
            fresh = False
            yield Token(kind, found.group().decode("latin-1"), position, lines.line(position))  # type: ignore[arg-type]
        position = found.end()


def identifiers(text: bytes, *, start: int = 0, end: int | None = None) -> Iterator[tuple[str, int]]:
    """Yield each identifier with its byte offset, preprocessor text included, comments and strings left out."""
    for found in _IDENTIFIER.finditer(text, start, len(text) if end is None else end):
        if found.lastgroup:
            yield found.group().decode("latin-1"), found.start()


_SQUASHED = regex(COMMENT + rb"|(?P<keep>" + STRING + rb"|" + CHAR + rb")|\\\r?\n|[ \t\r\n\f\v]+", re.DOTALL)
_DROPPED = regex(COMMENT + rb"|(?P<keep>" + STRING + rb"|" + CHAR + rb")|\\\r?\n", re.DOTALL)


def squash_c(data: bytes) -> str:
    """Return C source as one line: comments gone, line continuations joined, runs of white space as one blank."""
    text = data
    if b"/" in data or b"\\" in data:
        text = _DROPPED.sub(lambda found: found.group("keep") or b" ", data)
    if b'"' not in text:  # blanks are left to split(), which is much quicker than a pattern
        return b" ".join(text.split()).decode("latin-1")
    return _squash_outside_strings(_SQUASHED.sub(lambda found: found.group("keep") or b" ", data))


def same_code(before: bytes, after: bytes) -> bool:
    """Return whether two versions of a file are the same C source, comments, continuations and white space aside.

    Only what lies between their common beginning and their common end is looked at.
    """
    if before == after:
        return True
    start = _common(before, after)
    while start and not _is_fresh(before, start):
        start = before.rfind(b"\n", 0, start - 1) + 1
    before, after = before[start:], after[start:]
    end = -_common(before[::-1], after[::-1])
    while end and not (_is_fresh(before, len(before) + end) and _is_fresh(after, len(after) + end)):
        end = min(0, before.find(b"\n", len(before) + end) + 1 - len(before))
    return squash_c(before[:len(before) + end]) == squash_c(after[:len(after) + end])


def _common(left: bytes, right: bytes) -> int:
    """Return how many bytes the two begin with alike."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_fresh(text: bytes, at: int) -> bool:
    """Return whether a line starts at the offset that no comment, string or continuation of an earlier line reaches."""
    if at == 0:
        return True
    if text[at - 1:at] != b"\n" or text[max(0, at - 3):at].endswith((b"\\\n", b"\\\r\n")):
        return False
    opened = text.rfind(b"/*", 0, at)
    return opened < 0 or text.rfind(b"*/", 0, at) > opened + 1


def _squash_outside_strings(text: bytes) -> str:
    pieces = re.split(rb"(" + STRING + rb")", text)
    joined = b"".join(piece if index % 2 else re.sub(rb"[ \t\r\n\f\v]+", b" ", piece)
                      for index, piece in enumerate(pieces))
    return joined.strip().decode("latin-1")


@cache
def _blanks(by: bytes) -> bytes:
    return bytes(byte if byte == 0x0A else by[0] for byte in range(256))


def blank(text: bytes, *, by: bytes = b" ") -> bytes:
    """Return the text with every byte but newlines as a blank (or as that byte): all offsets and lines stay."""
    return text.translate(_blanks(by))

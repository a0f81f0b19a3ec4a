"""Places in the text of one file: spans, lines, brackets, and what stands around a name."""

from __future__ import annotations

import re
from bisect import bisect_right

from reviewbot.cfacts.lexer import lines_in, squash_c
from reviewbot.cfacts.types import Span
from reviewbot.patterns import regex

__all__ = ["Text", "outside", "split_arguments"]

_MOST_LINE = 500
_SPACE = regex(rb"(?:[ \t\r\n\f\v]|\\\r?\n|/\*.*?\*/|//[^\n]*)*", re.DOTALL)
_BRACKETS = regex(rb'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|/\*.*?\*/|[();]', re.DOTALL)


class Text:
    """The text of one file, asked about its places (offsets in bytes)."""

    def __init__(self, data: bytes) -> None:
        """Begin; the lines are told apart once."""
        self.data, self.lines = data, lines_in(data)

    def line_text(self, offset: int) -> str:
        """Return the line that holds an offset, squashed and cut."""
        line = self.lines.line(offset)
        start = self.lines.start(line)
        return squash_c(self.data[start:min(start + _MOST_LINE, self.lines.start(line + 1))])

    def span(self, start: int, end: int) -> Span:
        """Return lines and columns of the bytes from `start` up to `end`."""
        last = max(start, end - 1)
        return Span(line=self.lines.line(start), column=self.lines.column(start), end_line=self.lines.line(last),
                    end_column=self.lines.column(last))

    def followed_by_bracket(self, end: int) -> bool:
        """Return whether the next sign behind an offset is `(`, comments left out."""
        found = _SPACE.match(self.data, end)
        return found is not None and self.data[found.end():found.end() + 1] == b"("

    def closing_bracket(self, at: int, *, within: int | None = None) -> int:
        """Return the offset behind the `)` that matches the next `(`; else the end of the file or of what is asked."""
        level, last = 0, len(self.data) if within is None else min(at + within, len(self.data))
        for found in _BRACKETS.finditer(self.data, at, last):
            text = found.group()
            level += text == b"("
            level -= text == b")"
            if (text in {b"(", b")"} and level <= 0) or (text == b";" and level <= 0):
                return found.end()
        return last

    def member(self, offset: int) -> bool:
        """Return whether a name is one of a member: `.name`, `->name`."""
        before = self.data[max(0, offset - 40):offset].rstrip()
        return before.endswith(b"->") or (before.endswith(b".") and not before.endswith(b"..."))

    def declares(self, offset: int) -> bool:
        """Return whether a type stands before the name: it is declared, not called."""
        before = self.data[max(0, offset - 80):offset].rstrip()
        word = re.search(rb"(\w+)[ \t*]*\Z", before)
        return (word is not None and word.group(1).decode("latin-1") in {"int", "void", "bool", "long"}) or (
            before.endswith(b"*") and re.search(rb"[;{}]\s*\w+\s*\*+\Z", before) is not None)


def outside(places: list[tuple[int, str]], *spans: tuple[tuple[int, int], ...]) -> list[tuple[int, str]]:
    """Return the places outside all spans (each tuple of spans sorted)."""
    for group in spans:
        starts = [start for start, _ in group]
        kept = []
        for offset, name in places:
            index = bisect_right(starts, offset) - 1
            if index < 0 or offset >= group[index][1]:
                kept.append((offset, name))
        places = kept
    return places


def split_arguments(text: bytes) -> tuple[str, ...]:
    """Return the squashed texts between the commas of an argument list."""
    parts: list[bytes] = []
    level, start = 0, 0
    for found in re.finditer(rb'"(?:\\.|[^"\\\n])*"|[(){}\[\],]', text):
        match found.group():
            case b"(" | b"{" | b"[":
                level += 1
            case b")" | b"}" | b"]":
                level -= 1
            case b"," if level == 0:
                parts.append(text[start:found.start()])
                start = found.end()
    parts.append(text[start:])
    squashed = tuple(squash_c(part) for part in parts)
    return () if squashed == ("",) else squashed

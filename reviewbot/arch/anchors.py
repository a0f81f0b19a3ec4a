"""Finds anchors in source text: token sequences with gaps, in a function, macro, initialiser or Kconfig entry."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from reviewbot.cfacts.lexer import Lines
from reviewbot.cfacts.lexer import tokens as lex
from reviewbot.cfacts.split import split_file
from reviewbot.errors import BudgetError
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["Place", "Source", "find_sequence", "read_pattern", "read_source", "reads_words"]

GAP = "..."
_MOST_BYTES = 4_000_000
_MOST_STEPS = 200_000
_OPEN, _CLOSE = {"(": ")", "[": "]"}, {")", "]"}
_KCONFIG_ENTRIES = frozenset({"config", "menuconfig", "choice", "endchoice", "menu", "endmenu", "if", "endif", "source",
                              "comment", "mainmenu"})


class Place(NamedTuple):
    """One token of a file: its text, its line, whether it starts in the first column, and the number of the directive
    that it belongs to (0: none)."""

    text: str
    line: int
    leads: bool
    directive: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The tokens of one file; `words` when it is a Kconfig file or a Makefile, where a token is a word.

    `functions` are (name, first token, past the last token), header included, in the file's order.
    """

    places: tuple[Place, ...]
    texts: tuple[str, ...]
    words: bool
    functions: tuple[tuple[str, int, int], ...]

    def definitions(self, name: str) -> tuple[tuple[int, int], ...]:
        """Return the token ranges (first, past the last) of everything in the file that defines `name`."""
        if self.words:
            return self._entries(name)
        found = [(first, past) for known, first, past in self.functions if known == name]
        for at, text in enumerate(self.texts):
            if text == name:
                span = self._macro(at) or self._initialiser(at)
                if span:
                    found.append(span)
        return tuple(found)

    def line(self, index: int) -> int:
        """Return the line of a token, 1 for an empty file."""
        return self.places[index].line if self.places else 1

    def _entries(self, name: str) -> tuple[tuple[int, int], ...]:
        """Return the entries `config NAME` (or `menuconfig NAME`) of a Kconfig file."""
        spans = []
        starts = [at for at, place in enumerate(self.places) if place.leads and place.text in _KCONFIG_ENTRIES]
        for number, at in enumerate(starts):
            if self.texts[at] in {"config", "menuconfig"} and self.texts[at + 1 : at + 2] == (name,):
                spans.append((at, starts[number + 1] if number + 1 < len(starts) else len(self.places)))
        return tuple(spans)

    def _macro(self, at: int) -> tuple[int, int] | None:
        if self.texts[max(0, at - 2) : at] != ("#", "define"):
            return None
        end = at
        while end < len(self.places) and self.places[end].directive == self.places[at].directive:
            end += 1
        return at, end

    def _initialiser(self, at: int) -> tuple[int, int] | None:
        """Return the range of `name = { ... }` or `name[...] = { ... }`."""
        past = at + 1
        while self.texts[past : past + 1] == ("[",) and past < at + 40:
            past = self.texts.index("]", past) + 1 if "]" in self.texts[past : past + 40] else len(self.texts)
        if self.texts[past : past + 2] != ("=", "{"):
            return None
        depth = 0
        for index in range(past + 1, len(self.texts)):
            depth += {"{": 1, "}": -1}.get(self.texts[index], 0)
            if depth == 0:
                return at, index + 1
        return None


@lru_cache(maxsize=32)
def read_source(path: str, data: bytes) -> Source:
    """Return the tokens of a file: words for Kconfig files and Makefiles, C tokens without comments for the others.

    Raises BudgetError for a file of more than four megabytes.
    """
    if len(data) > _MOST_BYTES:
        raise BudgetError(f"{len(data)} bytes", where=path)
    if reads_words(path):
        return _source(_words(decode(data)), words=True, functions=())
    places, offsets = _c_places(data)
    functions = tuple((piece.header.name, bisect_left(offsets, piece.start), bisect_left(offsets, piece.end))
                      for piece in split_file(data).pieces)
    return _source(places, words=False, functions=functions)


def _source(places: list[Place], *, words: bool, functions: tuple[tuple[str, int, int], ...]) -> Source:
    return Source(places=tuple(places), texts=tuple(place.text for place in places), words=words, functions=functions)


def reads_words(path: str) -> bool:
    """Return whether the file is read as words: Kconfig files and Makefiles are."""
    return path.rsplit("/", 1)[-1].startswith(("Kconfig", "Makefile", "Kbuild"))


@lru_cache(maxsize=4096)
def read_pattern(pattern: str, *, words: bool) -> tuple[str, ...]:
    """Return the tokens of an anchor's pattern; `...` is the gap."""
    if words:
        return tuple(pattern.split())
    # The leading blank keeps a `#` from being read as a whole directive, which would hide its words.
    return tuple(place.text for place in _c_places(pattern.replace("#", " # ").encode())[0])


def _words(text: str) -> list[Place]:
    return [Place(match.group(), number, match.start() == 0, 0)
            for number, line in enumerate(text.split("\n"), 1)
            for match in re.finditer(r"\S+", "" if line.lstrip().startswith("#") else line)
            if match.group() != "\\"]


def _c_places(data: bytes) -> tuple[list[Place], list[int]]:
    """Return the tokens of C text and their byte offsets; the words inside preprocessor lines are tokens too."""
    lines = Lines(data)
    places: list[Place] = []
    offsets: list[int] = []
    for number, token in enumerate(lex(data, lines=lines), 1):
        leads = lines.start(token.line) == token.offset
        is_directive = token.kind == "directive"
        places.append(Place("#" if is_directive else token.text, token.line, leads, number if is_directive else 0))
        offsets.append(token.offset)
        if is_directive:
            for word in lex(data, start=token.offset + 1, end=token.end, lines=lines):
                places.append(Place(word.text, word.line, leads=False, directive=number))
                offsets.append(word.offset)
    return places, offsets


def find_sequence(texts: Sequence[str], pattern: Sequence[str], start: int = 0, end: int | None = None) -> int | None:
    """Return where the first match of the pattern starts in texts[start:end], or None.

    A gap stands for any tokens; inside round or square brackets it does not leave them. Raises BudgetError when a
    pattern with many gaps takes too many steps.
    """
    pieces = _pieces(pattern)
    if not pieces:
        return start
    steps = 0
    last = len(texts) if end is None else end

    def follow(number: int, at: int) -> bool:
        nonlocal steps
        if number == len(pieces):
            return True
        piece, enclosed = pieces[number]
        depth = 0
        for here in range(at, last):
            steps += 1
            if steps > _MOST_STEPS:
                raise BudgetError("a pattern with too many gaps", where=" ".join(pattern))
            if tuple(texts[here : here + len(piece)]) == piece and here + len(piece) <= last \
                    and not (enclosed and depth and piece[0] in _CLOSE) and follow(number + 1, here + len(piece)):
                return True
            depth += 1 if texts[here] in _OPEN else -1 if texts[here] in _CLOSE else 0
            if enclosed and depth < 0:
                return False
        return False

    first = pieces[0][0]
    for here in range(start, last - len(first) + 1):
        if (not first or texts[here] == first[0]) and tuple(texts[here : here + len(first)]) == first \
                and follow(1, here + len(first)):
            return here
    return None


def _pieces(pattern: Sequence[str]) -> list[tuple[tuple[str, ...], bool]]:
    """Return the runs between the gaps, each with whether the gap before it stands inside brackets."""
    pieces: list[tuple[tuple[str, ...], bool]] = []
    run: list[str] = []
    depth, enclosed = 0, False
    for text in pattern:
        if text == GAP:
            pieces.append((tuple(run), enclosed))
            run, enclosed = [], depth > 0
            continue
        depth += 1 if text in _OPEN else -1 if text in _CLOSE else 0
        run.append(text)
    pieces.append((tuple(run), enclosed))
    return [piece for number, piece in enumerate(pieces) if piece[0] or number == 0]

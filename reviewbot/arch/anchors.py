"""Finds anchors in source text: token sequences with gaps, in a function, a macro, an initialiser or a Kconfig entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviewbot.cfacts.lexer import Lines
from reviewbot.cfacts.lexer import tokens as lex
from reviewbot.errors import BudgetError
from reviewbot.text import decode

__all__ = ["Place", "Source", "find_sequence", "read_pattern", "read_source", "reads_words"]

GAP = "..."
_MOST_BYTES = 4_000_000
_MOST_STEPS = 200_000
_OPEN, _CLOSE = {"(": ")", "[": "]"}, {")", "]"}
_KCONFIG_ENTRY = re.compile(
    r"^(?:config|menuconfig|choice|endchoice|menu|endmenu|if|endif|source|comment|mainmenu)\b", re.MULTILINE)


class Place(NamedTuple):
    """One token of a file: its text, its line, whether it starts in the first column, and the number of the directive
    that it belongs to (0: none)."""

    text: str
    line: int
    leads: bool
    directive: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The tokens of one file; `words` when it is a Kconfig file or a Makefile, where a token is a word."""

    tokens: tuple[Place, ...]
    words: bool
    texts: tuple[str, ...]

    def definitions(self, name: str) -> tuple[tuple[int, int], ...]:
        """Return the token ranges (first, past the last) of everything in the file that defines `name`, in order."""
        if self.words:
            return self._entries(name)
        found = []
        for at, text in enumerate(self.texts):
            if text == name:
                span = self._macro(at) or self._function(at) or self._initialiser(at)
                if span:
                    found.append(span)
        return tuple(found)

    def enclosing(self, index: int) -> str:
        """Return the name of the function around a token, or nothing at file level."""
        opened = max((at for at in range(index, -1, -1) if self._opens_file_level(at)), default=-1)
        if opened < 1:
            return ""
        at = opened - 1
        while at > 0 and self.texts[at] != ")":
            at -= 1
        depth = 0
        while at > 0:
            depth += {")": 1, "(": -1}.get(self.texts[at], 0)
            at -= 1
            if depth == 0:
                name = self.texts[at]
                span = self._function(at)
                return name if span and span[0] <= index < span[1] else ""
        return ""

    def _opens_file_level(self, at: int) -> bool:
        return self.texts[at] == "{" and self.tokens[at].leads

    def _entries(self, name: str) -> tuple[tuple[int, int], ...]:
        """Return the entries `config NAME` (or `menuconfig NAME`) of a Kconfig file."""
        spans = []
        starts = [at for at, token in enumerate(self.tokens) if token.leads and _KCONFIG_ENTRY.match(token.text)]
        for number, at in enumerate(starts):
            if self.texts[at] in {"config", "menuconfig"} and self.texts[at + 1 : at + 2] == (name,):
                spans.append((at, starts[number + 1] if number + 1 < len(starts) else len(self.tokens)))
        return tuple(spans)

    def _macro(self, at: int) -> tuple[int, int] | None:
        if self.texts[max(0, at - 2) : at] != ("#", "define"):
            return None
        end = at
        while end < len(self.tokens) and self.tokens[end].directive == self.tokens[at].directive:
            end += 1
        return at, end

    def _function(self, at: int) -> tuple[int, int] | None:
        """Return the range of a function definition whose name is token `at`: name ( ... ) attributes { ... }."""
        before = self.texts[at - 1] if at else ""
        if not (before in {"*", ")"} or before[:1].isalpha() or before[:1] == "_") or before in {"return", "else"}:
            return None
        past = self._past_brackets(at + 1)
        for _ in range(12):
            if past is None or past >= len(self.texts):
                return None
            text = self.texts[past]
            if text == "{":
                return at, self._past_block(past)
            if text == "(":
                past = self._past_brackets(past)
            elif text[0].isalpha() or text[0] == "_":
                past += 1
            else:
                return None
        return None

    def _initialiser(self, at: int) -> tuple[int, int] | None:
        past = at + 1
        while self.texts[past : past + 1] == ("[",):
            past = self._past_brackets(past) or len(self.texts)
        if self.texts[past : past + 2] == ("=", "{"):
            return at, self._past_block(past + 1)
        return None

    def _past_brackets(self, at: int) -> int | None:
        if self.texts[at : at + 1] not in {("(",), ("[",)}:
            return None
        depth = 0
        for index in range(at, min(len(self.texts), at + 4000)):
            depth += 1 if self.texts[index] in _OPEN else -1 if self.texts[index] in _CLOSE else 0
            if depth == 0:
                return index + 1
        return None

    def _past_block(self, at: int) -> int:
        """Return where a block ends: its brace closes, or one in the first column (arms of an #if may not balance)."""
        depth = 0
        for index in range(at, len(self.texts)):
            if self.texts[index] == "{":
                depth += 1
            elif self.texts[index] == "}":
                depth -= 1
                if depth == 0 or self.tokens[index].leads:
                    return index + 1
        return len(self.texts)


def read_source(path: str, data: bytes) -> Source:
    """Return the tokens of a file: words for Kconfig files and Makefiles, C tokens without comments for the others.

    Raises BudgetError for a file of more than four megabytes.
    """
    if len(data) > _MOST_BYTES:
        raise BudgetError(f"{len(data)} bytes", where=path)
    words = reads_words(path)
    places = tuple(_words(decode(data)) if words else _c_places(data))
    return Source(tokens=places, words=words, texts=tuple(place.text for place in places))


def reads_words(path: str) -> bool:
    """Return whether the file is read as words: Kconfig files and Makefiles are."""
    return path.rsplit("/", 1)[-1].startswith(("Kconfig", "Makefile", "Kbuild"))


def read_pattern(pattern: str, *, words: bool) -> tuple[str, ...]:
    """Return the tokens of an anchor's pattern; `...` is the gap."""
    if words:
        return tuple(pattern.split())
    # The leading blank keeps a `#` from being read as a whole directive, which would hide its words.
    return tuple(place.text for place in _c_places(pattern.replace("#", " # ").encode()))


def _words(text: str) -> list[Place]:
    return [Place(match.group(), number, match.start() == 0, 0)
            for number, line in enumerate(text.split("\n"), 1)
            for match in re.finditer(r"\S+", "" if line.lstrip().startswith("#") else line)
            if match.group() != "\\"]


def _c_places(data: bytes) -> list[Place]:
    """Return the tokens of C text, the words inside preprocessor lines as tokens of their own."""
    lines = Lines(data)
    places: list[Place] = []
    for number, token in enumerate(lex(data, lines=lines), 1):
        leads = lines.start(token.line) == token.offset
        if token.kind != "directive":
            places.append(Place(token.text, token.line, leads, 0))
            continue
        places.append(Place("#", token.line, leads, number))
        inside = lex(data, start=token.offset + 1, end=token.end, lines=lines)
        places += [Place(word.text, word.line, leads=False, directive=number) for word in inside]
    return places


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

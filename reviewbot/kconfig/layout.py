"""One Kconfig file line by line: where each entry stands, in which `if`, `menu` and `choice`, which names its lines
mention and which it selects.

A file that holds anything else than plain Kconfig is not laid out. Most files are never laid out at all: a glance says
which names they may hold.
"""

from __future__ import annotations

from dataclasses import field
from functools import cached_property, lru_cache
from typing import NamedTuple

from reviewbot.errors import BudgetError
from reviewbot.kconfig.lines import entry_named
from reviewbot.kconfig.rewrite import rewrite_kconfig
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Entry", "FileOutline", "Frame", "KconfigFile", "SourceLine", "kconfig_file", "kconfig_lines", "lay_out"]

_WORD = regex(r"[A-Za-z_-]+")
_NAME = regex(r"\w+")
_STRING = regex(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_SOURCE = regex(r"(o?r?source)[ \t]+(\"[^\"]+\"|'[^']+'|[^\s\"'#]+)[ \t]*(?:#.*)?")
# The lines of a file that a name or another file leads to, and what stands before the sign of a macro's. A pattern that
# begins with a newline is looked for from newline to newline, one that begins with `^` is tried at every letter.
_GLANCE = regex(
    r"\n[ \t]*+(?=[cmsior])(config|menuconfig|select|imply|choice|o?r?source)(?:[ \t]|\\\r?\n)+[\"']?([^\s\"'#]+)")
_MACRO_SIGN = regex(r"=|\$\(")
_BEFORE_MACRO = regex(r"[ \t]*(?:[\w-]+[ \t]*[:+]?)?")
_TARGET = regex(r"(?:select|imply)[ \t]+(\w+)")
_MACRO = regex(r"[\w-]+[ \t]*(?::=|\+=|=)|\$\(")
_TYPES = {"bool": "bool", "def_bool": "bool", "boolean": "bool", "tristate": "tristate", "def_tristate": "tristate",
          "string": "string", "def_string": "string", "int": "int", "def_int": "int", "hex": "hex", "def_hex": "hex"}
_PROPERTIES = frozenset({*_TYPES, "prompt", "default", "depends", "select", "imply", "range", "visible", "optional",
                         "option"})
_ALL_OF = regex(r"\s*(?:if|on)\s+([A-Z]\w*(?:\s*&&\s*[A-Z]\w*)*)\s*(?:#.*)?")
_BARE = frozenset({"bool", "boolean", "tristate"})
_OPENS = {"if": "endif", "menu": "endmenu", "choice": "endchoice"}


class Entry(NamedTuple):
    """One `config` of a file: its lines (1-based, without the help text), the names that they mention outside of
    `select` and `imply`, the targets of these with the names in their conditions, the number of the frame around it
    (-1: none), and its type. `driven`: no line of it says a value, so that only the select of another one sets it.
    `needs` are names that all have to be on for it, `selects_need` those that have to be for each of the selects; these
    are what is plain to see of the conditions, not all of them."""

    name: str
    first: int
    last: int
    mentions: tuple[str, ...]
    selects: tuple[tuple[str, tuple[str, ...]], ...]
    frame: int
    kind: str
    driven: bool = False
    needs: tuple[str, ...] = ()
    selects_need: tuple[tuple[str, ...], ...] = ()


class Frame(NamedTuple):
    """An `if`, `menu` or `choice`: its head's lines, the line of its end, what its head mentions, and the outer one."""

    word: str
    first: int
    last: int
    end: int
    mentions: tuple[str, ...]
    outer: int
    name: str


class SourceLine(NamedTuple):
    """A line that takes in another file; `optional` ones may name a file that is not there."""

    line: int
    target: str
    frame: int
    optional: bool


class FileOutline(NamedTuple):
    """What one Kconfig file holds. `macros` are lines for the preprocessor; of a file that is not `plain` nothing is
    known."""

    plain: bool
    entries: tuple[Entry, ...] = ()
    frames: tuple[Frame, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    macros: tuple[int, ...] = ()


@lru_cache(maxsize=2048)  # the series of a run share nearly all files
def lay_out(text: str) -> FileOutline:
    """Return the outline of a Kconfig file as the kernel has it; no text raises."""
    try:
        return _Layout(kconfig_lines(text)).read()
    except (BudgetError, _OddError):
        return FileOutline(plain=False)


@lru_cache(maxsize=2048)
def kconfig_lines(text: str) -> list[str]:
    """Return the lines of a file in the words that kconfiglib knows. Raises BudgetError for one over 4 MiB."""
    return rewrite_kconfig(text).split("\n")


class _OddError(Exception):
    """A line that plain Kconfig does not have."""


@dataclass(slots=True)
class _Open:
    """An item whose lines are being read."""

    word: str
    name: str
    first: int
    last: int
    frame: int
    mentions: dict[str, None] = field(default_factory=dict)
    selects: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    kind: str = ""
    driven: bool = True
    needs: list[str] = field(default_factory=list)
    selects_need: list[tuple[str, ...]] = field(default_factory=list)


class _Layout:
    """Reads one file from the first line to the last."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.entries: list[Entry] = []
        self.frames: list[Frame] = []
        self.sources: list[SourceLine] = []
        self.macros: list[int] = []
        self.stack: list[int] = []
        self.item: _Open | None = None

    def read(self) -> FileOutline:
        number = 0
        while number < len(self.lines):
            first = number + 1
            line = self.lines[number]
            number += 1
            while line.endswith("\\") and number < len(self.lines):
                line = f"{line[:-1]} {self.lines[number]}"
                number += 1
            line = line.strip()
            if not line or line[0] == "#":
                continue
            found = _WORD.match(line)
            word = found[0] if found else ""
            if word in {"help", "---help---"}:
                number = self._after_help(number)
            elif word in _PROPERTIES and not _MACRO.match(line):
                self._property(word, line, number)
            else:
                self._item(word, line, first, number)
        self._close()
        if self.stack:
            raise _OddError
        return FileOutline(plain=True, entries=tuple(self.entries), frames=tuple(self.frames),
                           sources=tuple(self.sources), macros=tuple(self.macros))

    def _after_help(self, number: int) -> int:
        """Return the number of lines read when the help text that starts behind that many lines is over."""
        if self.item is None:
            raise _OddError
        lines, depth, margin = self.lines, 0, "\n"
        while number < len(lines):
            line = lines[number]
            if not line.startswith(margin):  # most lines of a text start as its first one does
                text = line.expandtabs()
                bare = text.lstrip()
                if bare:
                    indent = len(text) - len(bare)
                    if not indent or indent < depth:
                        break
                    if not depth:
                        depth, margin = indent, line[:len(line) - len(line.lstrip())]
            number += 1
        return number

    def _property(self, word: str, line: str, last: int) -> None:
        item = self.item
        if item is None or item.word == "if":
            raise _OddError
        item.last = last
        bare = _STRING.sub(" ", line)
        if '"' in bare or "'" in bare.split("#", 1)[0]:
            raise _OddError
        target = _TARGET.match(bare)
        if target:
            item.selects.append((target[1], tuple(_NAME.findall(bare[target.end():]))))
            item.selects_need.append(_needed(bare[target.end():]))
            return
        item.kind = _TYPES.get(word, item.kind)
        item.needs += _needed(bare[len(word):]) if word == "depends" else ()
        item.driven &= word == "depends" or (word in _BARE and line.split("#", 1)[0].strip() == word)
        item.mentions.update(dict.fromkeys(_NAME.findall(bare[len(word):])))

    def _item(self, word: str, line: str, first: int, last: int) -> None:
        self._close()
        outer = self.stack[-1] if self.stack else -1
        if word in {"config", "menuconfig"}:
            name = entry_named(line)
            if not name:
                raise _OddError
            self.item = _Open("config", name, first, last, outer)
        elif word in _OPENS:
            self.item = _Open(word, " ".join(line.split()[1:2]) if word == "choice" else "", first, last, outer)
            self.item.mentions.update(dict.fromkeys(_NAME.findall(_STRING.sub(" ", line))))
            self.stack.append(len(self.frames))
            self.frames.append(Frame(word, first, last, 0, (), outer, self.item.name))
        elif word in _OPENS.values():
            if not self.stack or _OPENS[self.frames[self.stack[-1]].word] != word:
                raise _OddError
            frame = self.stack.pop()
            self.frames[frame] = self.frames[frame]._replace(end=first)
        elif word in {"source", "rsource", "osource", "orsource"}:
            found = _SOURCE.fullmatch(line)
            if not found or "r" in found[1].removesuffix("source"):
                raise _OddError
            self.sources.append(SourceLine(first, found[2].strip("\"'"), outer, found[1] == "osource"))
        elif word in {"comment", "mainmenu"} and not _MACRO.match(line):
            self.item = _Open(word, "", first, last, outer)
        elif _MACRO.match(line):
            self.macros.extend(range(first, last + 1))
        else:
            raise _OddError

    def _close(self) -> None:
        item, self.item = self.item, None
        if item is None:
            return
        if item.word == "config":
            self.entries.append(Entry(item.name, item.first, item.last, tuple(item.mentions), tuple(item.selects),
                                      item.frame, item.kind, item.driven, tuple(item.needs), tuple(item.selects_need)))
        elif item.word in _OPENS:
            number = self.stack[-1]
            self.frames[number] = self.frames[number]._replace(last=item.last, mentions=tuple(item.mentions))


def _needed(condition: str) -> tuple[str, ...]:
    """Return the names that are all needed, of `if A && B` or `on A && B`; () for any other condition."""
    found = _ALL_OF.fullmatch(condition)
    return tuple(_NAME.findall(found[1])) if found else ()


class KconfigFile:
    """One Kconfig file by its content: what it may hold at a glance, and its outline when it is asked for.

    At a glance a line of a help text may pass for an entry, so these names are more than the outline has, never less.
    """

    def __init__(self, text: str) -> None:
        """Look at the lines that start as one that matters does."""
        self.text = text
        self.defines: set[str] = set()
        self.selects: set[str] = set()
        self.choices: set[str] = set()
        self.sources: list[str] = []
        for word, name in _GLANCE.findall(f"\n{text}"):
            if word in {"config", "menuconfig"}:
                self.defines.add(name)
            elif word in {"select", "imply"}:
                self.selects.add(name)
            elif word == "choice":
                self.choices.add(name)
            else:
                self.sources.append(name)
        self.has_macros = any(_BEFORE_MACRO.fullmatch(text, text.rfind("\n", 0, found.start()) + 1, found.start())
                              for found in _MACRO_SIGN.finditer(text))

    @cached_property
    def outline(self) -> FileOutline:
        """Return the outline of the file."""
        return lay_out(self.text)


@lru_cache(maxsize=4096)  # a kernel has some 1,800, and of many series of a run each asks for all
def kconfig_file(text: str) -> KconfigFile:
    """Return the file with this text."""
    return KconfigFile(text)

"""Which lines of a tree's Kconfig files a question reaches: a few entries of some fifteen thousand.

kconfiglib is the parser, and it takes seconds for a whole kernel. So the files are first laid out line by line: where
each entry stands, in which `if`, `menu` and `choice`, which names its lines mention and which it selects. From that
follows what a symbol's value can depend on, and only those lines, in their places, are given to the parser. A file
that holds anything else than plain Kconfig is not laid out; then the tree is parsed whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from reviewbot.errors import BudgetError
from reviewbot.kconfig.rewrite import rewrite_kconfig

__all__ = ["Catalogue", "Entry", "FileOutline", "Frame", "Outline", "SourceLine", "expanded", "lay_out"]

_WORD = re.compile(r"[A-Za-z_-]+")
_NAME = re.compile(r"\w+")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_CONFIG = re.compile(r"(?:menu)?config[ \t]+(\w+)[ \t]*(?:#.*)?")
_SOURCE = re.compile(r"(o?r?source)[ \t]+(\"[^\"]+\"|'[^']+'|[^\s\"'#]+)[ \t]*(?:#.*)?")
_ANY_SOURCE = re.compile(r"^[ \t]*(?:or?|r)?source[ \t]+[\"']?([^\"'\n#]+)", re.MULTILINE)
_TARGET = re.compile(r"(?:select|imply)[ \t]+(\w+)")
_MACRO = re.compile(r"[\w-]+[ \t]*(?::=|\+=|=)|\$\(")
_VARIABLE = re.compile(r"\$\((\w+)\)")
_TYPES = {"bool": "bool", "def_bool": "bool", "boolean": "bool", "tristate": "tristate", "def_tristate": "tristate",
          "string": "string", "def_string": "string", "int": "int", "def_int": "int", "hex": "hex", "def_hex": "hex"}
_PROPERTIES = frozenset({*_TYPES, "prompt", "default", "depends", "select", "imply", "range", "visible", "optional",
                         "option"})
_OPENS = {"if": "endif", "menu": "endmenu", "choice": "endchoice"}
_MOST_FILES = 8000


class Entry(NamedTuple):
    """One `config` of a file: its lines (1-based, without the help text), the names that they mention outside of
    `select` and `imply`, the targets of these with the names in their conditions, the number of the frame around it
    (-1: none), and its type."""

    name: str
    first: int
    last: int
    mentions: tuple[str, ...]
    selects: tuple[tuple[str, tuple[str, ...]], ...]
    frame: int
    kind: str


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
    """What one Kconfig file holds. `macros` are lines for the preprocessor; of a file that is not `plain` nothing else
    is known than what it sources."""

    plain: bool
    entries: tuple[Entry, ...] = ()
    frames: tuple[Frame, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    macros: tuple[int, ...] = ()


def lay_out(text: str) -> FileOutline:
    """Return the outline of a Kconfig file as the kernel has it; no text raises."""
    try:
        return _Layout(_lines(text)).read()
    except (BudgetError, _OddError):
        return FileOutline(plain=False, sources=tuple(SourceLine(0, found.strip(), -1, optional=False)
                                                      for found in _ANY_SOURCE.findall(text)))


@lru_cache(maxsize=2048)
def _lines(text: str) -> list[str]:
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
            return
        item.kind = _TYPES.get(word, item.kind)
        item.mentions.update(dict.fromkeys(_NAME.findall(bare[len(word):])))

    def _item(self, word: str, line: str, first: int, last: int) -> None:
        self._close()
        outer = self.stack[-1] if self.stack else -1
        if word in {"config", "menuconfig"}:
            found = _CONFIG.fullmatch(line)
            if not found:
                raise _OddError
            self.item = _Open("config", found[1], first, last, outer)
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
                                      item.frame, item.kind))
        elif item.word in _OPENS:
            number = self.stack[-1]
            self.frames[number] = self.frames[number]._replace(last=item.last, mentions=tuple(item.mentions))


def expanded(target: str, given: Mapping[str, str]) -> str:
    """Return the path that a `source` line names; variables that are not given stay."""
    return _VARIABLE.sub(lambda hit: given.get(hit[1], hit[0]), target)


class Catalogue:
    """Where names stand in all files that were laid out, for the outlines of every architecture and patched tree.

    Each place is an outline, known by identity, with the number of its entry (or frame, for a named choice).
    """

    def __init__(self) -> None:
        """Start with no file."""
        self.defined: dict[str, list[tuple[FileOutline, int]]] = defaultdict(list)
        self.selecting: dict[str, list[tuple[FileOutline, int, tuple[str, ...]]]] = defaultdict(list)
        self.choices: dict[str, list[tuple[FileOutline, int]]] = defaultdict(list)
        self._known: dict[int, FileOutline] = {}

    def add(self, outline: FileOutline) -> None:
        """Take in a file; once is enough."""
        if id(outline) in self._known:
            return
        self._known[id(outline)] = outline
        for number, entry in enumerate(outline.entries):
            self.defined[entry.name].append((outline, number))
            for target, condition in entry.selects:
                self.selecting[target].append((outline, number, condition))
        for number, frame in enumerate(outline.frames):
            if frame.word == "choice" and frame.name:
                self.choices[frame.name].append((outline, number))


class _Kinds(Mapping[str, str]):
    """The type of each symbol of an outline: bool, tristate, int, hex, string, or empty."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._kinds: dict[str, str | None] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._kinds:
            entries = [self._outline.files[path].entries[number] for path, number in self._outline.defined(name)]
            self._kinds[name] = next((entry.kind for entry in reversed(entries) if entry.kind), "") if entries else None
        kind = self._kinds[name]
        if kind is None:
            raise KeyError(name)
        return kind

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(entry.name for file in self._outline.files.values() for entry in file.entries))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Outline:
    """All Kconfig files that one architecture's build takes in, and what each symbol's value can depend on."""

    def __init__(self, layout: Callable[[str], FileOutline | None], *, given: Mapping[str, str],
                 catalogue: Catalogue | None = None) -> None:
        """Follow the files from `Kconfig` on; `layout` gives a file's outline (None: absent), `given` variables.

        Outlines that share files share the `catalogue`.
        """
        self.files: dict[str, FileOutline] = {}
        self.plain = True
        """Whether every file is plain Kconfig, so that parts of it can be parsed alone."""
        self.complete = True
        """Whether every file that is taken in is there."""
        self.kinds: Mapping[str, str] = _Kinds(self)
        """The type of each symbol: bool, tristate, int, hex, string, or empty."""
        self._catalogue = catalogue or Catalogue()
        self._paths: dict[int, list[str]] = defaultdict(list)
        self._taken: dict[str, list[tuple[str, SourceLine]]] = defaultdict(list)
        self._follow(layout, given)

    def defined(self, name: str) -> Iterator[tuple[str, int]]:
        """Yield the file and the number of every entry of that name."""
        for outline, number in self._catalogue.defined.get(name, ()):
            for path in self._paths.get(id(outline), ()):
                yield path, number

    def _follow(self, layout: Callable[[str], FileOutline | None], given: Mapping[str, str]) -> None:
        pending = ["Kconfig"]
        seen = {"Kconfig"}
        while pending:
            path = pending.pop()
            outline = layout(path)
            if outline is None:
                self.complete = False
                continue
            self.files[path] = outline
            self.plain = self.plain and outline.plain
            self._catalogue.add(outline)
            self._paths[id(outline)].append(path)
            targets = []
            for source in outline.sources:
                target = expanded(source.target, given)
                if "$" in target or len(seen) >= _MOST_FILES:
                    self.plain = False
                    continue
                if source.optional and layout(target) is None:
                    continue
                self._taken[target].append((path, source))
                if target not in seen:
                    seen.add(target)
                    targets.append(target)
            pending.extend(reversed(targets))

    def reached(self, names: Iterable[str]) -> _Kept:
        """Return the lines on which the values of these symbols can depend."""
        kept = _Kept()
        waiting = sorted(set(names))
        for path, outline in self.files.items():
            if outline.macros:
                kept.lines[path].update(outline.macros)
                waiting += self._keep_file(kept, path)
        while waiting:
            name = waiting.pop()
            if name not in kept.names:
                kept.names.add(name)
                for path, number in self.defined(name):
                    waiting += self._keep_entry(kept, path, number)
                for outline, number, condition in self._catalogue.selecting.get(name, ()):
                    for path in self._paths.get(id(outline), ()):
                        waiting += (*condition, *self._keep_entry(kept, path, number))
        return kept

    def _keep_entry(self, kept: _Kept, path: str, number: int) -> list[str]:
        """Keep an entry with what stands around it; return the names that now matter."""
        if (path, number) in kept.entries:
            return []
        kept.entries.add((path, number))
        entry = self.files[path].entries[number]
        kept.lines[path].update(range(entry.first, entry.last + 1))
        return [entry.name, *entry.mentions, *self._keep_frames(kept, path, entry.frame), *self._keep_file(kept, path)]

    def _keep_frames(self, kept: _Kept, path: str, number: int) -> list[str]:
        names: list[str] = []
        outline = self.files[path]
        while number >= 0 and (path, number) not in kept.frames:
            kept.frames.add((path, number))
            frame = outline.frames[number]
            kept.lines[path].update((*range(frame.first, frame.last + 1), frame.end))
            names += frame.mentions
            if frame.word == "choice":
                names += self._members(kept, path, number)
            number = frame.outer
        return names

    def _members(self, kept: _Kept, path: str, number: int) -> list[str]:
        """Keep all of a choice, since its members exclude each other; those of one name are one choice."""
        outline = self.files[path]
        names: list[str] = []
        inside = {number}
        for inner, frame in enumerate(outline.frames):
            if frame.outer in inside:
                inside.add(inner)
        for one, entry in enumerate(outline.entries):
            if entry.frame in inside:
                names += self._keep_entry(kept, path, one)
        for file, same in self._catalogue.choices.get(outline.frames[number].name, ()):
            for other in self._paths.get(id(file), ()):
                names += self._keep_frames(kept, other, same) + self._keep_file(kept, other)
        return names

    def _keep_file(self, kept: _Kept, path: str) -> list[str]:
        """Keep the lines that take the file in."""
        if path in kept.files:
            return []
        kept.files.add(path)
        names: list[str] = []
        for outer, source in self._taken.get(path, ()):
            kept.lines[outer].add(source.line)
            names += self._keep_frames(kept, outer, source.frame) + self._keep_file(kept, outer)
        return names


@dataclass(slots=True)
class _Kept:
    """What a question reaches: symbols by name, lines by file; entries and frames as (file, number)."""

    names: set[str] = field(default_factory=set)
    lines: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    entries: set[tuple[str, int]] = field(default_factory=set)
    frames: set[tuple[str, int]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def text(self, path: str, whole: str) -> str:
        """Return the file with every other line empty, so that all lines keep their numbers."""
        texts = _lines(whole)
        out = [""] * len(texts)
        for number in self.lines.get(path, ()):
            out[number - 1] = texts[number - 1]
        return "\n".join(out)

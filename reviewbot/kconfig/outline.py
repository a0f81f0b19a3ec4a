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
from functools import cached_property, lru_cache
from typing import NamedTuple

from reviewbot.errors import BudgetError
from reviewbot.kconfig.rewrite import rewrite_kconfig

__all__ = ["Catalogue", "Entry", "FileOutline", "Frame", "KconfigFile", "Outline", "SourceLine", "expanded", "lay_out"]

_WORD = re.compile(r"[A-Za-z_-]+")
_NAME = re.compile(r"\w+")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_CONFIG = re.compile(r"(?:menu)?config[ \t]+(\w+)[ \t]*(?:#.*)?")
_SOURCE = re.compile(r"(o?r?source)[ \t]+(\"[^\"]+\"|'[^']+'|[^\s\"'#]+)[ \t]*(?:#.*)?")
# The lines of a file that a name or another file leads to, and what stands before the sign of a macro's.
_GLANCE = re.compile(r"^[ \t]*(config|menuconfig|select|imply|choice|o?r?source)(?:[ \t]|\\\r?\n)+[\"']?([^\s\"'#]+)",
                     re.MULTILINE)
_MACRO_SIGN = re.compile(r"=|\$\(")
_BEFORE_MACRO = re.compile(r"[ \t]*(?:[\w-]+[ \t]*[:+]?)?")
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
    """What one Kconfig file holds. `macros` are lines for the preprocessor; of a file that is not `plain` nothing is
    known."""

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
        return FileOutline(plain=False)


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
        for word, name in _GLANCE.findall(text):
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


class Catalogue:
    """Which files may hold which names, for the outlines of every architecture and patched tree."""

    def __init__(self) -> None:
        """Start with no file."""
        self.defining: dict[str, list[KconfigFile]] = defaultdict(list)
        self.selecting: dict[str, list[KconfigFile]] = defaultdict(list)
        self.choosing: dict[str, list[KconfigFile]] = defaultdict(list)
        self._files: dict[str, KconfigFile] = {}

    def file(self, content: str, text: str) -> KconfigFile:
        """Return the file with this text, known by the hash of its content; each is looked at once."""
        known = self._files.get(content)
        if known is None:
            known = self._files[content] = KconfigFile(text)
            for where, names in ((self.defining, known.defines), (self.selecting, known.selects),
                                 (self.choosing, known.choices)):
                for name in names:
                    where[name].append(known)
        return known


class Outline:
    """All Kconfig files that one architecture's build takes in, and what each symbol's value can depend on.

    Files are laid out when a name leads to them.
    """

    def __init__(self, file: Callable[[str], KconfigFile | None], catalogue: Catalogue, *,
                 given: Mapping[str, str]) -> None:
        """Follow the files from `Kconfig` on; `file` gives one of the catalogue's (None: absent), `given` variables."""
        self.files: dict[str, KconfigFile] = {}
        self.plain = True
        """Whether every file that was needed so far is plain Kconfig, so that parts of it can be parsed alone."""
        self.complete = True
        """Whether every file that is taken in is there."""
        self._catalogue, self._given = catalogue, given
        self._paths: dict[int, list[str]] = defaultdict(list)
        self._takers: dict[str, list[str]] = defaultdict(list)
        self._kinds: dict[str, str | None] = {}
        self._follow(file)

    def _follow(self, file: Callable[[str], KconfigFile | None]) -> None:
        pending = ["Kconfig"]
        seen = {"Kconfig"}
        while pending:
            path = pending.pop()
            found = file(path)
            if found is None:
                # What only an `osource` names may be missing.
                self.complete = self.complete and all(
                    source.optional for outer in self._takers[path] for source in self._laid_out(outer).sources
                    if expanded(source.target, self._given) == path) and bool(self._takers[path])
                continue
            self.files[path] = found
            self._paths[id(found)].append(path)
            for target in (expanded(name, self._given) for name in reversed(found.sources)):
                if "$" in target or len(seen) >= _MOST_FILES:
                    self.plain = False
                    continue
                self._takers[target].append(path)
                if target not in seen:
                    seen.add(target)
                    pending.append(target)

    def _laid_out(self, path: str) -> FileOutline:
        outline = self.files[path].outline
        self.plain = self.plain and outline.plain
        return outline

    def _where(self, files: Iterable[KconfigFile]) -> Iterator[tuple[str, FileOutline]]:
        for file in files:
            for path in self._paths.get(id(file), ()):
                yield path, self._laid_out(path)

    def names(self) -> Iterator[str]:
        """Yield every symbol that some file defines."""
        return iter(dict.fromkeys(entry.name for path in self.files for entry in self._laid_out(path).entries))

    def kind(self, name: str) -> str | None:
        """Return the type of a symbol (bool, tristate, int, hex, string, or empty), None when no file defines it."""
        if name not in self._kinds:
            kinds = [entry.kind for _, outline in self._where(self._catalogue.defining.get(name, ()))
                     for entry in outline.entries if entry.name == name]
            self._kinds[name] = next((kind for kind in reversed(kinds) if kind), "") if kinds else None
        return self._kinds[name]

    def reached(self, names: Iterable[str]) -> _Kept:
        """Return the lines on which the values of these symbols can depend."""
        kept = _Kept()
        waiting = sorted(set(names))
        for path, file in self.files.items():
            if file.has_macros and self._laid_out(path).macros:
                kept.lines[path].update(file.outline.macros)
                waiting += self._keep_file(kept, path)
        while waiting:
            name = waiting.pop()
            if name in kept.names:
                continue
            kept.names.add(name)
            for path, outline in self._where(self._catalogue.defining.get(name, ())):
                for number, entry in enumerate(outline.entries):
                    if entry.name == name:
                        waiting += self._keep_entry(kept, path, number)
            for path, outline in self._where(self._catalogue.selecting.get(name, ())):
                for number, entry in enumerate(outline.entries):
                    for target, condition in entry.selects:
                        if target == name:
                            waiting += (*condition, *self._keep_entry(kept, path, number))
        return kept

    def _keep_entry(self, kept: _Kept, path: str, number: int) -> list[str]:
        """Keep an entry with what stands around it; return the names that now matter."""
        if (path, number) in kept.entries:
            return []
        kept.entries.add((path, number))
        entry = self._laid_out(path).entries[number]
        kept.lines[path].update(range(entry.first, entry.last + 1))
        return [entry.name, *entry.mentions, *self._keep_frames(kept, path, entry.frame), *self._keep_file(kept, path)]

    def _keep_frames(self, kept: _Kept, path: str, number: int) -> list[str]:
        names: list[str] = []
        outline = self._laid_out(path)
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
        outline = self._laid_out(path)
        names: list[str] = []
        inside = {number}
        for inner, frame in enumerate(outline.frames):
            if frame.outer in inside:
                inside.add(inner)
        for one, entry in enumerate(outline.entries):
            if entry.frame in inside:
                names += self._keep_entry(kept, path, one)
        called = outline.frames[number].name
        for other, laid_out in self._where(self._catalogue.choosing.get(called, ()) if called else ()):
            for same, frame in enumerate(laid_out.frames):
                if frame.word == "choice" and frame.name == called:
                    names += self._keep_frames(kept, other, same) + self._keep_file(kept, other)
        return names

    def _keep_file(self, kept: _Kept, path: str) -> list[str]:
        """Keep the lines that take the file in."""
        if path in kept.files:
            return []
        kept.files.add(path)
        names: list[str] = []
        for outer in dict.fromkeys(self._takers.get(path, ())):
            for source in self._laid_out(outer).sources:
                if expanded(source.target, self._given) == path:
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
        """Return the file with every other line empty, so that all lines keep their numbers, up to the last of them."""
        texts = _lines(whole)
        out = [""] * len(texts)
        kept = self.lines.get(path, ())
        for number in kept:
            out[number - 1] = texts[number - 1]
        return "\n".join(out[:max(kept, default=0)])

"""Which lines of a tree's Kconfig files a question reaches: a few entries of some fifteen thousand.

kconfiglib is the parser, and it takes seconds for a whole kernel. From the layouts of the files follows what a symbol's
value can depend on, and only those lines, in their places, are given to the parser. Where a file that a question needs
is not plain Kconfig, the tree is parsed whole: for that question and every other that needs the file, whatever was
asked before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field

from reviewbot.kconfig.layout import FileOutline, KconfigFile, kconfig_file, kconfig_lines
from reviewbot.kconfig.rewrite import Part
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Catalogue", "OddFileError", "Outline", "expanded"]

_VARIABLE = regex(r"\$\((\w+)\)")
_MOST_FILES = 8000
_MOST_ASKING = 60  # symbols that hang on one another


def expanded(target: str, given: Mapping[str, str]) -> str:
    """Return the path that a `source` line names; variables that are not given stay."""
    return _VARIABLE.sub(lambda hit: given.get(hit[1], hit[0]), target) if "$" in target else target


class OddFileError(Exception):
    """A file that the question needs is not plain Kconfig, so that only the whole tree answers it."""


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
            known = self._files[content] = kconfig_file(text)
            for where, names in ((self.defining, known.defines), (self.selecting, known.selects),
                                 (self.choosing, known.choices)):
                for name in names:
                    where[name].append(known)
        return known


class Outline:
    """All Kconfig files that one architecture's build takes in, and what each symbol's value can depend on.

    Files are laid out when a name leads to them. Where one of those is not plain Kconfig the question about the name
    raises OddFileError.
    """

    def __init__(self, file: Callable[[str], KconfigFile | None], catalogue: Catalogue, *,
                 given: Mapping[str, str]) -> None:
        """Follow the files from `Kconfig` on; `file` gives one of the catalogue's (None: absent), `given` variables."""
        self.files: dict[str, KconfigFile] = {}
        self.named: frozenset[str] = frozenset()
        """Every file that was looked for, those that are not there among them."""
        self.followed = True
        """Whether every line that takes in a file says which, so that parts of the tree can be parsed alone."""
        self.complete = True
        """Whether every file that is taken in is there."""
        self._catalogue, self._given = catalogue, given
        self._paths: dict[int, list[str]] = defaultdict(list)
        self._takers: dict[str, list[str]] = defaultdict(list)
        self._kinds: dict[str, str | None] = {}
        self._unset: dict[str, bool] = {}
        self._asking = 0
        self._follow(file)
        self._with_macros = [(path, found) for path, found in self.files.items() if found.has_macros]

    def _follow(self, file: Callable[[str], KconfigFile | None]) -> None:
        pending = ["Kconfig"]
        seen = {"Kconfig"}
        absent = []
        while pending:
            path = pending.pop()
            found = file(path)
            if found is None:
                absent.append(path)
                continue
            self.files[path] = found
            self._paths[id(found)].append(path)
            for name in reversed(found.sources):
                target = expanded(name, self._given) if "$" in name else name
                if "$" in target or len(seen) >= _MOST_FILES:
                    self.followed = False
                    continue
                self._takers[target].append(path)
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        self.named = frozenset(seen)
        self.complete = all(self._may_be_absent(path) for path in absent)

    def _may_be_absent(self, path: str) -> bool:
        """Return whether only `osource` names the file, or nothing at all: a help text may have looked like it."""
        takers = [self.files[outer].outline for outer in dict.fromkeys(self._takers[path])]
        return bool(takers) and all(outline.plain for outline in takers) and all(
            source.optional for outline in takers for source in outline.sources
            if expanded(source.target, self._given) == path)

    def _laid_out(self, path: str) -> FileOutline:
        outline = self.files[path].outline
        if not (self.followed and outline.plain):
            raise OddFileError(path)
        return outline

    def _where(self, files: Iterable[KconfigFile]) -> Iterator[tuple[str, FileOutline]]:
        for file in files:
            for path in self._paths.get(id(file), ()):
                yield path, self._laid_out(path)

    def names(self) -> Iterator[str]:
        """Yield every symbol that some file defines. Raises OddFileError."""
        return iter(dict.fromkeys(entry.name for path in self.files for entry in self._laid_out(path).entries))

    def kind(self, name: str) -> str | None:
        """Return the type of a symbol (bool, tristate, int, hex, string, or empty), None when no file defines it.

        Raises OddFileError.
        """
        if name not in self._kinds:
            kinds = [entry.kind for _, outline in self._where(self._catalogue.defining.get(name, ()))
                     for entry in outline.entries if entry.name == name]
            self._kinds[name] = next((kind for kind in reversed(kinds) if kind), "") if kinds else None
        return self._kinds[name]

    def is_unset(self, name: str) -> bool:
        """Return whether the symbol is off in every configuration: it has neither prompt nor default, or needs what is
        off, and whatever selects it is off as well. What cannot be told so simply is not. Raises OddFileError."""
        known = self._unset.get(name)
        if known is None:
            if self._asking > _MOST_ASKING:
                return False
            self._unset[name] = False  # what leads back here is not told so simply
            self._asking += 1
            try:
                known = self._unset[name] = self._is_unset(name)
            finally:
                self._asking -= 1
        return known

    def _is_unset(self, name: str) -> bool:
        defined = [(entry, outline) for _, outline in self._where(self._catalogue.defining.get(name, ()))
                   for entry in outline.entries if entry.name == name]
        if not defined:
            return self.complete
        if not all((entry.driven and not _in_choice(outline, entry.frame)) or any(map(self.is_unset, entry.needs))
                   for entry, outline in defined):
            return False
        return all(any(map(self.is_unset, needed)) or self.is_unset(entry.name)
                   for _, outline in self._where(self._catalogue.selecting.get(name, ())) for entry in outline.entries
                   for (target, _), needed in zip(entry.selects, entry.selects_need, strict=True) if target == name)

    def reached(self, names: Iterable[str]) -> _Kept:
        """Return the lines on which the values of these symbols can depend. Raises OddFileError."""
        kept = _Kept()
        waiting = sorted(set(names))
        for path, file in self._with_macros:
            if self._laid_out(path).macros:
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


def _in_choice(outline: FileOutline, frame: int) -> bool:
    while frame >= 0:
        if outline.frames[frame].word == "choice":
            return True
        frame = outline.frames[frame].outer
    return False


@dataclass(slots=True)
class _Kept:
    """What a question reaches: symbols by name, lines by file; entries and frames as (file, number)."""

    names: set[str] = field(default_factory=set)
    lines: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    entries: set[tuple[str, int]] = field(default_factory=set)
    frames: set[tuple[str, int]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def part(self, path: str, whole: str) -> Part:
        """Return the kept lines of the file with their numbers."""
        texts = kconfig_lines(whole)
        return Part((number, texts[number - 1]) for number in sorted(self.lines.get(path, ())))

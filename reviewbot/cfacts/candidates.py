"""Which files of a tree contain which words, found without parsing and remembered between runs.

A search is remembered folder by folder: under the names, sizes, times and inodes of its files in an unpacked tree,
under the id of its tree object in git. Only folders that changed, and only words that are new, are searched again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from reviewbot.cfacts.crew import Crew
from reviewbot.errors import Skip
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.folders import FolderSeen, read_folders, shares_of
from reviewbot.source.gittree import GitTree
from reviewbot.source.matcher import matcher_for
from reviewbot.source.trees import blob_id
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["SUFFIXES", "Candidates", "Found", "Remembered", "adopt", "load_memory"]

SUFFIXES = (".c", ".h")
_MOST_WORDS = 6000
_MOST_BLOBS = 4000  # more than these are found faster by git itself
_REGULAR, _FOLDER = 0o100000, 0o040000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that contains some of the words, and the id of its content."""

    path: str
    content_id: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The words that were searched for, and what each folder held."""

    words: tuple[str, ...] = ()
    folders: Mapping[str, FolderSeen]


def load_memory(data: bytes | None) -> Remembered:
    """Return what `Candidates.memory()` wrote; nothing is remembered when it cannot be read."""
    try:
        plain = json.loads(zlib.decompress(data or b""))
        folders = {folder: FolderSeen(state=state, searched=searched,
                                      hits=tuple((name, oid, tuple(numbers)) for name, oid, numbers in hits))
                   for folder, (state, searched, hits) in plain["folders"].items()}
        words = tuple(str(word) for word in plain["words"])
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error):
        return Remembered(folders={})
    return Remembered(words=words, folders=folders) if len(words) <= _MOST_WORDS else Remembered(folders={})


@dataclass(slots=True)
class _Shared:
    """What every worker of a crew has from the start: only what differs is sent."""

    folders: Mapping[str, FolderSeen]


_shared = _Shared({})


def adopt(folders: Mapping[str, FolderSeen]) -> None:
    """Give a worker what earlier runs remembered, to compare folders with."""
    _shared.folders = folders


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """One part of a search: folders of the tree at `root`, compared with what is known or not."""

    root: str
    folders: tuple[tuple[str, bool], ...]
    words: tuple[str, ...]
    compare: bool
    now: int
    only: Mapping[str, frozenset[str]] | None
    """Names of the files by folder in which the words may stand; None: in any."""


def _search(share: _Share) -> tuple[tuple[str, FolderSeen | None], ...]:
    known = _shared.folders if share.compare else {}
    return tuple(read_folders(share.root, share.folders, words=share.words, known=known, suffixes=SUFFIXES,
                              now=share.now, only=share.only))


class Candidates:
    """The search for words in one tree during one run."""

    def __init__(self, tree: Tree, crew: Crew, *, remembered: Remembered, now: int,
                 below: tuple[str, ...] = ()) -> None:
        """Search `tree`, or only the files and folders `below`. `now` is the time in ns, for files just written.

        The workers of `crew` must have adopted `remembered.folders`.
        """
        self._tree, self._crew, self._now = tree, crew, now
        self._below = tuple(path.strip("/") for path in below)
        self._words = list(remembered.words)
        self._folders = dict(remembered.folders)
        self._looked = False
        self.changed = False
        """Whether there is more to remember than before."""

    def find(self, words: Iterable[str], *, step: Callable[[int, int], None] | None = None) -> tuple[Found, ...]:
        """Return the files that contain any of the words, by path. `step` is told (done, of how many) now and then."""
        wanted = set(words)
        known = set(self._words)
        new = sorted(wanted - known)
        if len(self._words) + len(new) > _MOST_WORDS and not self._looked:
            self._words, self._folders, new = [], {}, sorted(wanted)
        self._words.extend(new)
        if isinstance(self._tree, DirectoryTree):
            self._find_in_folders(self._tree, len(new), step)
        elif isinstance(self._tree, GitTree):
            self._find_in_git(self._tree)
        else:
            return self._find_in_memory(wanted)
        self._looked = True
        return self._matching(wanted)

    def memory(self) -> bytes:
        """Return what the next run should remember, as bytes."""
        plain = {"words": self._words,
                 "folders": {folder: (seen.state, seen.searched, seen.hits)
                             for folder, seen in sorted(self._folders.items())}}
        return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 1)

    def unread(self) -> tuple[Skip, ...]:
        """Return the files and folders that this user may not read, by path; words may stand in them all the same."""
        return tuple(Skip(where="/".join(filter(None, (folder, name))) or ".", stage="read", why=why)
                     for folder, seen in sorted(self._folders.items()) for name, why in seen.unread)

    def _matching(self, wanted: set[str]) -> tuple[Found, ...]:
        numbers = {number for number, word in enumerate(self._words) if word in wanted}
        found = []
        for folder, seen in self._folders.items():
            for name, oid, hits in seen.hits:
                path = f"{folder}/{name}" if folder else name
                if not numbers.isdisjoint(hits) and self._is_wanted(path):
                    found.append(Found(path=path, content_id=oid,
                                       words=frozenset(self._words[number] for number in hits if number in numbers)))
        return tuple(sorted(found, key=lambda one: one.path))

    def _is_wanted(self, path: str) -> bool:
        return not self._below or any(not below or path == below or path.startswith(f"{below}/")
                                      for below in self._below)

    # An unpacked tree

    def _find_in_folders(self, tree: DirectoryTree, new: int, step: Callable[[int, int], None] | None) -> None:
        if self._looked and not new:
            return
        root = str(tree.root)
        first = 0 if not self._looked else len(self._words) - new
        words = tuple(self._words[first:])
        only = _by_folder(tree.may_hold(words, SUFFIXES)) if new else None
        places = self._shares(tree)
        if only is not None and self._looked:  # every other folder has been looked at, and holds none of the words
            places = sorted((folder, False) for folder in only if folder in self._folders)
            for folder in self._folders.keys() - only.keys():
                self._folders[folder] = replace(self._folders[folder], searched=len(self._words))
        shares = [_Share(root=root, folders=tuple(part), words=words, compare=not self._looked, now=self._now,
                         only=only) for part in _parts(places, 24 * self._crew.workers)]
        visited: set[str] = set()
        for done, (_, answers) in enumerate(self._crew.each(_search, shares, lost=lambda _: ()), 1):
            for folder, seen in answers:
                visited.add(folder)
                if seen is not None:
                    self._folders[folder] = _joined(self._folders.get(folder), seen, first)
                    self.changed = True
            if step is not None:
                step(done, len(shares))
        for folder in [folder for folder in self._folders if folder not in visited]:
            if not self._looked and not self._below:
                del self._folders[folder]
                self.changed = True

    def _shares(self, tree: DirectoryTree) -> list[tuple[str, bool]]:
        if not self._below or "" in self._below:
            return shares_of(str(tree.root))
        shares: dict[str, bool] = {}
        for path in self._below:
            folder = (tree.root / path).is_dir()
            name = path if folder else path.rpartition("/")[0]
            shares[name] = shares.get(name, False) or folder
        return [(name, deep) for name, deep in sorted(shares.items())
                if not any(other != name and shares[other] and name.startswith(f"{other}/") for other in shares)]

    # A revision in git

    def _find_in_git(self, tree: GitTree) -> None:
        if not self._looked:
            root = tree.repository.root(tree.rev)
            if self._folders:
                self._compare(tree, root)
            else:
                self._note_all(tree, root)
        behind = {seen.searched for seen in self._folders.values()} - {len(self._words)}
        for first in sorted(behind):
            hits = self._grep(tree, tuple(self._words[first:]))
            for folder, seen in self._folders.items():
                if seen.searched == first:
                    more = FolderSeen(state=seen.state, searched=len(self._words) - first, hits=hits.get(folder, ()))
                    self._folders[folder] = _joined(seen, more, first)
            self.changed = True

    def _note_all(self, tree: GitTree, root: str) -> None:
        """Note every folder as one in which nothing has been searched for."""
        tree.repository.load(root)
        waiting = [("", root)]
        while waiting:
            folder, oid = waiting.pop()
            self._folders[folder] = FolderSeen(state=oid, searched=0)
            waiting.extend((_join(folder, name), below) for name, (mode, below) in tree.repository.entries(oid).items()
                           if mode == _FOLDER)

    def _compare(self, tree: GitTree, root: str) -> None:
        """Search the folders whose tree object is another one than remembered; forget those that are gone."""
        words = tuple(self._words)
        match = matcher_for(words)
        gone: set[str] = set()
        waiting, blobs = [("", root)], 0
        while waiting:
            folder, oid = waiting.pop()
            before = self._folders.get(folder)
            if before is not None and before.state == oid:
                continue
            self.changed = True
            entries = tree.repository.entries(oid)
            waiting.extend((_join(folder, name), below) for name, (mode, below) in entries.items() if mode == _FOLDER)
            here = {folder_name for folder_name, (mode, _) in entries.items() if mode == _FOLDER}
            gone.update(_children(self._folders, folder) - {_join(folder, name) for name in here}
                        if before is not None else ())
            hits = []
            files = [(name, blob) for name, (mode, blob) in sorted(entries.items())
                     if mode & 0o170000 == _REGULAR and name.endswith(SUFFIXES)]
            blobs += len(files)
            if blobs > _MOST_BLOBS:
                self._folders[folder] = FolderSeen(state=oid, searched=0)
                continue
            for name, blob in files:
                content = tree.repository.reader.get(blob)
                numbers = match(content[2]) if content is not None else ()
                if numbers:
                    hits.append((name, blob, numbers))
            self._folders[folder] = FolderSeen(state=oid, searched=len(words), hits=tuple(hits))
        if gone:
            for folder in [folder for folder in self._folders
                           if any(folder == left or folder.startswith(f"{left}/") for left in gone)]:
                del self._folders[folder]

    def _grep(self, tree: GitTree, words: tuple[str, ...]) -> dict[str, tuple[tuple[str, str, tuple[int, ...]], ...]]:
        match = matcher_for(words)
        hits: dict[str, list[tuple[str, str, tuple[int, ...]]]] = {}
        for path in tree.search(words, suffixes=SUFFIXES):
            folder, _, name = path.rpartition("/")
            entry, content = tree.entry(path), tree.read(path)
            if entry is not None and content is not None:
                hits.setdefault(folder, []).append((name, entry[1], match(content)))
        return {folder: tuple(sorted(found)) for folder, found in hits.items()}

    # Everything else

    def _find_in_memory(self, wanted: set[str]) -> tuple[Found, ...]:
        words = tuple(sorted(wanted))
        match = matcher_for(words)
        found = []
        for path in self._tree.search(words, prefixes=tuple(p for p in self._below if p), suffixes=SUFFIXES):
            content = self._tree.read(path) or b""
            numbers = match(content)
            if numbers:
                found.append(Found(path=path, content_id=blob_id(content),
                                   words=frozenset(words[number] for number in numbers)))
        return tuple(found)


def _by_folder(paths: tuple[str, ...] | None) -> dict[str, frozenset[str]] | None:
    """Return the names of files by their folder, None for no answer."""
    if paths is None:
        return None
    found: dict[str, set[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, set()).add(name)
    return {folder: frozenset(names) for folder, names in found.items()}


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _children(folders: Mapping[str, FolderSeen], folder: str) -> set[str]:
    """Return the known folders directly in one folder."""
    start = f"{folder}/" if folder else ""
    return {name for name in folders if name and name.startswith(start) and "/" not in name[len(start):]}


def _joined(before: FolderSeen | None, more: FolderSeen, first: int) -> FolderSeen:
    """Return what is known of a folder after it was searched for the words from number `first` on."""
    if first == 0 or before is None:
        return more
    hits = {name: (oid, numbers) for name, oid, numbers in before.hits}
    for name, oid, numbers in more.hits:
        earlier = hits.get(name, (oid, ()))
        hits[name] = (earlier[0], (*earlier[1], *(number + first for number in numbers)))
    return replace(before, searched=first + more.searched, unread=more.unread,
                   hits=tuple((name, *hits[name]) for name in sorted(hits)))


def _parts(shares: list[tuple[str, bool]], most: int) -> list[list[tuple[str, bool]]]:
    """Return the shares dealt out to at most `most` parts, neighbours apart so that no part holds all large ones."""
    return [part for part in (shares[number::most] for number in range(most)) if part]

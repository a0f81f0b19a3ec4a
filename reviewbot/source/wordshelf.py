"""The books of words that trees have in common, and for each tree which of its files stand where in them.

A list of a tree names its paths, the books, and for a folder the state that every folder of it had. What has changed
since is looked at besides; what has no list is searched. Nothing here is ever needed: what is missing, damaged or of
another release is built anew by the next `reviewbot index`.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from reviewbot.errors import TreeError
from reviewbot.source.answers import SOURCES, FolderStates, pack, unpack
from reviewbot.source.sandbox import Sandbox
from reviewbot.source.wordbook import COMMON, Book
from reviewbot.source.words import wanted_path
from reviewbot.values import dataclass

__all__ = ["Listed", "Shelf", "TreeWords", "top_of"]

_FORMAT = 1
_NOWHERE = 0xFFFFFFFF
_MOST_LOOKED_AT = 400  # changed files
_MOST_LISTS = 24
_MOST_BYTES = 1 << 30
_HOUR = 3_600_000_000_000  # ns: what another run writes at this moment is not yet in a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What is written down of a tree: by book its name, size and time, and the number of the path of each of its files.

    `tree` is the id of a git tree, empty for a folder; `also` has the other paths with the content of a path.
    """

    tree: str
    paths: tuple[str, ...]
    books: tuple[tuple[str, int, int, bytes], ...]
    also: Mapping[int, tuple[int, ...]]
    folders: dict[str, dict[str, bytes]]

    def __iter__(self) -> Iterator[tuple[str, int, str]]:
        """Yield (book, number in it, path) of every file."""
        for name, _, _, places in self.books:
            for number, path in enumerate(array("I", places)):
                if path != _NOWHERE:
                    yield name, number, self.paths[path]
                    for other in self.also.get(path, ()):
                        yield name, number, self.paths[other]


class Shelf:
    """The folder of the user's cache with the books and lists."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not be there."""
        self.folder = folder

    def open(self, name: str, size: int = 0, time: int = 0) -> Book | None:
        """Return a book, None where it is not there, or not as it was when it had this size and time."""
        path = self.folder / name
        try:
            status = path.stat()
            if time and (status.st_size, status.st_mtime_ns) != (size, time):
                return None
            return Book(path)
        except (OSError, ValueError):
            return None

    def every(self) -> list[Book]:
        """Return all books that can be read, by name."""
        with suppress(OSError):
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(".book"))  # noqa: PTH208
            return [book for name in names if (book := self.open(name)) is not None]
        return []

    def listed(self, place: str, tree: str = "") -> Listed | None:
        """Return the list of the tree at a place, of a git tree with this id if there is one, else the newest there."""
        for path in self._lists(place, tree):
            with suppress(OSError):
                found = _read(path.read_bytes())
                if found is not None and (not tree or found.tree == tree or path.name != _name(place, tree)):
                    return found
        return None

    def write(self, place: str, tree: str, paths: tuple[str, ...], found: Mapping[str, tuple[str, int]],
              folders: dict[str, dict[str, bytes]]) -> None:
        """Write the list of a tree: for each path its book and its number in it. Raises OSError."""
        numbers = {path: number for number, path in enumerate(paths)}
        places: dict[str, array[int]] = {}
        also: dict[int, list[int]] = {}
        for path, (name, number) in found.items():
            if name not in places:
                book = self.open(name)
                places[name] = array("I", [_NOWHERE]) * (len(book) if book is not None else 0)
            if number >= len(places[name]):
                continue  # somebody has taken the book away
            first = places[name][number]
            if first == _NOWHERE:
                places[name][number] = numbers[path]
            else:
                also.setdefault(first, []).append(numbers[path])
        books = []
        for name in sorted(places):
            status = (self.folder / name).stat()
            books.append((name, status.st_size, status.st_mtime_ns, places[name].tobytes()))
        data = pack((_FORMAT, tree, "\0".join(paths), tuple(books),
                     {path: tuple(others) for path, others in also.items()}, folders))
        file = self.folder / _name(place, tree)
        spare = file.with_suffix(f".{os.getpid()}")
        try:
            spare.write_bytes(data)
            spare.replace(file)
        finally:
            spare.unlink(missing_ok=True)

    def tidy(self, now: int) -> None:
        """Remove the lists that were not written for longest and the books that no list names."""
        with suppress(OSError):
            lists = sorted(self.folder.glob("*.list"), key=lambda path: (-path.stat().st_mtime_ns, path.name))
            kept: set[str] = set()
            size = 0
            for number, path in enumerate(lists):
                found = _read(path.read_bytes())
                names = {} if found is None else {name: most for name, most, _, _ in found.books if name not in kept}
                size += sum(names.values())
                if number and (found is None or number >= _MOST_LISTS or size > _MOST_BYTES):
                    path.unlink(missing_ok=True)
                else:
                    kept.update(names)
            for path in self.folder.iterdir():
                if path.suffix != ".list" and path.name not in kept and path.stat().st_mtime_ns < now - _HOUR:
                    path.unlink(missing_ok=True)

    def _lists(self, place: str, tree: str) -> list[Path]:
        exact = self.folder / _name(place, tree)
        if not tree:
            return [exact]
        others: list[Path] = []
        with suppress(OSError):
            others = sorted((path for path in self.folder.glob(f"{_place(place)}-*.list") if path != exact),
                            key=lambda path: (-path.stat().st_mtime_ns, path.name))
        return [exact, *others[:1]]


class TreeWords:
    """The words of one tree, as far as books have them."""

    def __init__(self, shelf: Shelf, place: str, *, tree: str = "", sandbox: Sandbox | None = None,
                 states: FolderStates | None = None) -> None:
        """Take the place: a git tree of an id that `sandbox` sees, or a folder whose `states` are known."""
        self._shelf, self._place, self._tree, self._sandbox, self._states = shelf, place, tree, sandbox, states
        self._listed: Listed | None = None
        self._books: list[tuple[Book, array[int]]] = []
        self._changed: tuple[frozenset[str], tuple[str, ...]] | None = None
        self._tried = False

    def narrow(self, words: Iterable[str], prefixes: tuple[str, ...], suffixes: tuple[str, ...]
               ) -> tuple[str, ...] | None:
        """Return the sorted paths of all files in that scope that hold one of the words, and of a few others.

        None where the books do not tell: the tree has to be searched.
        """
        words = tuple(words)
        if not suffixes or not set(suffixes) <= {*SOURCES} or not COMMON.isdisjoint(words) or any(
                prefix.endswith(SOURCES) for prefix in prefixes):
            return None
        listed = self._open()
        changed = None if listed is None else self._differing(listed, prefixes)
        if listed is None or changed is None:
            return None
        folders, besides = changed
        gone = frozenset(besides) if self._states is None else frozenset()
        try:
            numbers = {places[number] for book, places in self._books for number in book.files(words)}
        except ValueError:
            self._listed = None
            return None
        found = {path for number in numbers if number != _NOWHERE
                 for path in (listed.paths[number], *(listed.paths[other] for other in listed.also.get(number, ())))
                 if path.rpartition("/")[0] not in folders and path not in gone}
        found.update(besides)
        return tuple(sorted(path for path in found if wanted_path(path, prefixes, suffixes)))

    def _open(self) -> Listed | None:
        if self._tried:
            return self._listed
        self._tried = True
        listed = self._shelf.listed(self._place, self._tree)
        if listed is None:
            return None
        for name, size, time, places in listed.books:
            book = self._shelf.open(name, size, time)
            if book is None or len(book) * 4 != len(places):
                return None
            self._books.append((book, array("I", places)))
        if self._states is not None:
            self._states = self._states.beside(listed.folders)
        elif listed.tree != self._tree:
            self._changed = self._apart(listed.tree)
        else:
            self._changed = frozenset(), ()
        self._listed = listed
        return listed

    def _differing(self, listed: Listed, prefixes: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]] | None:
        """Return the folders that are not as they were and the files to look at in them, None where too much is new."""
        if self._states is None:
            return self._changed
        tops, besides = prefixes, tuple[str, ...]()
        if not prefixes:
            tops, besides = top_of(self._states.root)
            if set(tops) - set(listed.folders):
                return None
        changed = self._states.changed(tops)
        if changed is None or len(changed[1]) > _MOST_LOOKED_AT:
            return None
        return changed[0], (*changed[1], *besides)

    def _apart(self, other: str) -> tuple[frozenset[str], tuple[str, ...]] | None:
        """Return the source files in which the git tree differs from another one, None where it cannot be said."""
        assert self._sandbox is not None
        try:
            out = self._sandbox.must("diff-tree", "-r", "-z", "--no-renames", "--name-only", other, self._tree)
        except TreeError:
            return None
        paths = tuple(path for path in map(os.fsdecode, out.split(b"\0")) if path.endswith(SOURCES))
        return (frozenset(), paths) if len(paths) <= _MOST_LOOKED_AT else None


def top_of(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the folders and the source files at the top of a folder."""
    folders, files = [], []
    with suppress(OSError), os.scandir(root) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                if entry.name.lower() != ".git":
                    folders.append(entry.name)
            elif entry.name.endswith(SOURCES) and entry.is_file(follow_symlinks=False):
                files.append(entry.name)
    return tuple(sorted(folders)), tuple(sorted(files))


def _place(place: str) -> str:
    return hashlib.blake2b(place.encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()


def _name(place: str, tree: str) -> str:
    return f"{_place(place)}-{tree[:20] or 'folder'}.list"


def _read(data: bytes) -> Listed | None:
    plain: Any = unpack(data)
    if not isinstance(plain, tuple) or len(plain) != 6 or plain[0] != _FORMAT:
        return None
    _, tree, paths, books, also, folders = plain
    return Listed(tree=tree, paths=tuple(paths.split("\0")) if paths else (), books=books, also=also, folders=folders)

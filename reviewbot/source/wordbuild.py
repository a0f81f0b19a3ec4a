"""Writing down which files of a tree hold which words: only contents that no book has yet are read, on all cores."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from reviewbot.errors import TreeError
from reviewbot.source.answers import SOURCES, FolderStates
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree
from reviewbot.source.objects import ObjectReader
from reviewbot.source.sandbox import Sandbox
from reviewbot.source.wordbook import Writer, id_bytes
from reviewbot.source.wordshelf import Listed, Shelf, top_of
from reviewbot.values import dataclass

__all__ = ["Gathered", "Job", "Share", "adopt", "gather", "plan"]

_LARGEST = 64 << 20
_SMALL = 2000  # files: what a book of fewer holds is written anew once there are many of them
_MOST_SMALL = 6
_MANY = 2000  # files to read that make it worth to look into the books of other trees
_SHARES = 8
_BITS = (6, 19)
_Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What every worker has from the start."""

    shelf: Path
    root: str = ""
    sandbox: Sandbox | None = None
    known: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class _Adopted:
    context: _Context | None = None
    reader: ObjectReader | None = None


_adopted = _Adopted()

Share = tuple[str, ...]
"""Paths of a folder, or ids of contents in git."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What became of a share: the id of each content, those among them that a new book has, and what has none."""

    ids: tuple[tuple[str, bytes], ...] = ()
    book: str = ""
    written: tuple[bytes, ...] = ()
    unread: tuple[str, ...] = ()


def adopt(context: _Context) -> None:
    """Give a worker what all shares have in common."""
    _adopted.context = context
    _adopted.reader = ObjectReader(context.sandbox) if context.sandbox is not None else None


def gather(share: Share) -> Gathered:
    """Return what the files of a share are, with their words written into a book where they are new."""
    context = _adopted.context
    assert context is not None
    low, high = _BITS
    writer = Writer(max(low, min(high, (len(share) * 64).bit_length())))
    ids: list[tuple[str, bytes]] = []
    written: dict[bytes, None] = {}
    unread = []
    for name in share:
        content = _content(context, name)
        if content is None:
            unread.append(name)
            continue
        one = id_bytes(name) if context.sandbox is not None else _id_of(content)
        ids.append((name, one))
        if one not in context.known and one not in written:
            written[one] = None
            writer.add(one, content)
    book = writer.write(context.shelf) if written else ""
    return Gathered(ids=tuple(ids), book=book, written=tuple(written), unread=tuple(unread))


def _id_of(content: bytes) -> bytes:
    digest = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.digest()


def _content(context: _Context, name: str) -> bytes | None:
    if context.sandbox is not None:
        assert _adopted.reader is not None
        found = _adopted.reader.get(name)
        return None if found is None else found[2]
    try:
        handle = os.open(f"{context.root}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        status = os.fstat(handle)
        if not S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return None
        return os.read(handle, status.st_size)
    except OSError:
        return None
    finally:
        os.close(handle)


@dataclass(slots=True)
class Job:
    """A tree to write down. `shares` are to be gathered by workers that have adopted `context`, and then taken."""

    shelf: Shelf
    place: str
    tree: str
    context: _Context
    shares: tuple[Share, ...]
    paths: Mapping[str, tuple[str, ...]]
    """By name of what is in a share: the paths that it stands for."""
    folders: dict[str, dict[str, bytes]]
    where: dict[bytes, _Place]
    found: dict[str, _Place]
    is_new: bool = True
    read: int = 0
    _unread: list[str] = field(default_factory=list)
    _ids: list[tuple[str, bytes]] = field(default_factory=list)

    def take(self, gathered: Gathered) -> None:
        """Take in what became of a share."""
        self._ids.extend(gathered.ids)
        self._unread.extend(gathered.unread)
        self.read += len(gathered.ids)
        self.where.update((one, (gathered.book, number)) for number, one in enumerate(gathered.written))

    def finish(self, now: int) -> int:
        """Write the list of the tree, and return how many files it has. Raises OSError, and TreeError for a
        repository that lacks contents."""
        if self._unread and self.context.sandbox is not None:
            raise TreeError(f"its content {self._unread[0][:12]} is not in the repository",
                            where=self.paths[self._unread[0]][0],
                            hint="a partial clone must be completed first: git fetch --refetch")
        for path in self._unread:  # looked at whenever words are asked for, which says what is wrong with it
            folder = path.rpartition("/")[0]
            self.folders[path.partition("/")[0]][folder] = b""
        for name, one in self._ids:
            place = self.where.get(one)
            if place is not None:
                self.found.update((path, place) for path in self.paths[name])
        if self.is_new:
            self.shelf.write(self.place, self.tree, tuple(sorted(self.found)), self.found, self.folders)
            self.shelf.tidy(now)
        return len(self.found)


def plan(tree: DirectoryTree | GitTree, shelf: Shelf, now: int) -> Job:
    """Return what has to be done so that the words of a tree are written down; `now` is the time in ns."""
    shelf.folder.mkdir(parents=True, exist_ok=True)
    return _of_folder(tree, shelf, now) if isinstance(tree, DirectoryTree) else _of_git(tree, shelf)


def _of_folder(tree: DirectoryTree, shelf: Shelf, now: int) -> Job:
    place = tree.place
    listed = shelf.listed(place)
    known = _kept(shelf, place, "")
    states = FolderStates(tree.root, now)
    folders: dict[str, dict[str, bytes]] = {}
    found: dict[str, _Place] = {}
    missing: list[str] = []
    for top in top_of(tree.root)[0]:
        before = listed.folders.get(top, {}) if listed is not None else {}
        seen = states.all_now(top)
        folders[top] = {folder: state for folder, (state, _) in seen.items()}
        for folder, (state, names) in seen.items():
            same = bool(state) and before.get(folder) == state
            for name in (one for one in names if one.endswith(SOURCES)):
                path = f"{folder}/{name}"
                if same and path in known:
                    found[path] = known[path]
                else:
                    missing.append(path)
    where = _elsewhere(shelf) if len(missing) >= _MANY else {}
    context = _Context(shelf=shelf.folder, root=str(tree.root), known=frozenset(where))
    return Job(shelf=shelf, place=place, tree="", context=context, shares=_shares(missing),
               paths={path: (path,) for path in missing}, folders=folders, where=where, found=found,
               is_new=bool(missing) or listed is None or listed.folders != folders)


def _of_git(tree: GitTree, shelf: Shelf) -> Job:
    root = tree.repository.root(tree.rev)
    listed = shelf.listed(tree.place, root)
    known = _kept(shelf, tree.place, root)
    refreshed = _refreshed(tree, shelf, root, listed, known)
    if refreshed is not None:
        return refreshed
    files = _files_of(tree, root)
    where: dict[bytes, _Place] = {}
    if listed is not None and known:
        before = files if listed.tree == root else _known_files(tree, listed.tree)
        where = {id_bytes(before[path]): one for path, one in known.items() if path in before}
    missing = {oid for oid in files.values() if id_bytes(oid) not in where}
    if len(missing) >= _MANY:
        where = {**_elsewhere(shelf), **where}
        missing = {oid for oid in missing if id_bytes(oid) not in where}
    paths: dict[str, list[str]] = {}
    found: dict[str, _Place] = {}
    for path, oid in files.items():
        if oid in missing:
            paths.setdefault(oid, []).append(path)
        else:
            found[path] = where[id_bytes(oid)]
    context = _Context(shelf=shelf.folder, sandbox=tree.repository.sandbox, known=frozenset(where))
    return Job(shelf=shelf, place=tree.place, tree=root, context=context, shares=_shares(list(paths)),
               paths={oid: tuple(every) for oid, every in paths.items()}, folders={}, where=where, found=found,
               is_new=bool(missing) or listed is None or listed.tree != root or len(known) != len(files))


def _refreshed(tree: GitTree, shelf: Shelf, root: str, listed: Listed | None, known: dict[str, _Place]) -> Job | None:
    """Return the job where only what differs from another tree of the repository is to be read; None where all has to
    be looked at."""
    if listed is None or listed.tree == root or len(known) != len(listed.paths):
        return None
    try:
        out = tree.repository.sandbox.must("diff-tree", "-r", "-z", "--no-renames", listed.tree, root)
    except TreeError:
        return None
    words = out.split(b"\0")
    found, where, paths = dict(known), dict[bytes, _Place](), dict[str, list[str]]()
    for told, name in zip(words[::2], words[1::2], strict=False):
        path = os.fsdecode(name)
        if path.endswith(SOURCES):
            _, mode, before, oid, _ = told.decode("ascii").split(" ")
            place = found.pop(path, None)
            if place is not None:
                where[id_bytes(before)] = place
            if S_ISREG(int(mode, 8)):
                paths.setdefault(oid, []).append(path)
    for oid in [oid for oid in paths if id_bytes(oid) in where]:  # it has moved
        found.update((path, where[id_bytes(oid)]) for path in paths.pop(oid))
    if len(paths) >= _MANY:
        return None
    context = _Context(shelf=shelf.folder, sandbox=tree.repository.sandbox)
    return Job(shelf=shelf, place=tree.place, tree=root, context=context, shares=_shares(list(paths)),
               paths={oid: tuple(every) for oid, every in paths.items()}, folders={}, where=where, found=found)


def _files_of(tree: GitTree, root: str) -> dict[str, str]:
    """Return the id of the content of every source file below a tree object, by path."""
    tree.repository.load(root)
    found: dict[str, str] = {}
    waiting = [("", root)]
    while waiting:
        folder, oid = waiting.pop()
        for name, (mode, below) in tree.repository.entries(oid).items():
            if S_ISDIR(mode):
                waiting.append((f"{folder}{name}/", below))
            elif name.endswith(SOURCES) and S_ISREG(mode):
                found[f"{folder}{name}"] = below
    return found


def _known_files(tree: GitTree, root: str) -> dict[str, str]:
    """Return the same of a tree object that may be gone; then nothing."""
    with suppress(TreeError):
        return _files_of(tree, root)
    return {}


def _kept(shelf: Shelf, place: str, tree: str) -> dict[str, _Place]:
    """Return where the files of the list of a tree stand, without the books that are gone, damaged or too many."""
    listed = shelf.listed(place, tree)
    if listed is None:
        return {}
    books = {name: book for name, size, time, _ in listed.books
             if (book := shelf.open(name, size, time)) is not None}
    small = {name for name, book in books.items() if len(book) < _SMALL}
    gone = small if len(small) > _MOST_SMALL else set()
    return {path: (name, number) for name, number, path in listed if name in books and name not in gone}


def _elsewhere(shelf: Shelf) -> dict[bytes, _Place]:
    """Return where contents stand in the books of all trees."""
    return {one: (book.name, number) for book in shelf.every() if len(book) >= _SMALL and book.is_whole()
            for number, one in enumerate(book.ids())}


def _shares(names: list[str]) -> tuple[Share, ...]:
    """Return what is to be read in parts of about the same size."""
    count = min(_SHARES, max(1, len(names) // 200))
    return tuple(share for number in range(count) if (share := tuple(names[number::count])))

"""Where words stand in a tree, as far as earlier runs have searched for them: a search is done once for all runs.

What is remembered of a git tree holds for its id. What is remembered of a folder holds where names, sizes, times and
inodes of all source and Kconfig files are what they were; the files of every other folder are looked at again.
"""

from __future__ import annotations

import hashlib
import marshal
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Protocol

from reviewbot.values import dataclass

__all__ = ["SOURCES", "Answers", "FolderStates", "Store", "pack", "unpack"]

SOURCES = (".c", ".h", ".S")
"""The endings of source files."""
_KEPT = (*SOURCES, "Kconfig", "Kconfig.debug")
_SETTLED = 2_000_000_000  # ns: a file changed this shortly before it was read may change again within one time stamp
_MOST_LOOKED_AT = 400  # changed files; with more of them a folder is remembered anew
_VERSION = 2  # of marshal's format: the later ones write equal values in more than one way
_CHECK = 8


class Store(Protocol):
    """What keeps data by name from one run to the next."""

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Return the data of those names that are there."""

    def put(self, entries: Mapping[str, bytes]) -> None:
        """Keep data by name."""


def pack(value: Any) -> bytes:
    """Return a value of tuples, dicts, texts, bytes and numbers as bytes that `unpack` reads."""
    data = marshal.dumps(value, _VERSION)
    return hashlib.blake2b(data, digest_size=_CHECK).digest() + data


def unpack(data: bytes | None) -> object:
    """Return the value that `pack` wrote, None for bytes that it did not write."""
    if not data or hashlib.blake2b(data[_CHECK:], digest_size=_CHECK).digest() != data[:_CHECK]:
        return None
    try:
        return marshal.loads(data[_CHECK:])  # noqa: S302 - the sum tells that we wrote it
    except (ValueError, TypeError, EOFError):
        return None


@dataclass(slots=True)
class FolderStates:
    """The state of each folder of an unpacked tree now, and as a store remembers it; folders are looked at when a
    question is about them."""

    root: Path
    now: int
    before: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """By folder of the top: the states of all folders below it when their words were searched for."""
    _seen: dict[str, dict[str, tuple[bytes, tuple[str, ...]]]] = field(default_factory=dict)
    _names: dict[str, bytes] = field(default_factory=dict)
    _changed: dict[tuple[str, ...], tuple[frozenset[str], tuple[str, ...]]] = field(default_factory=dict)

    def changed(self, prefixes: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]] | None:
        """Return the folders below these ones that are not as they were, and the paths of the source files in them.

        None when nothing is remembered of one of the folders.
        """
        if prefixes in self._changed:
            return self._changed[prefixes]
        folders: set[str] = set()
        paths: list[str] = []
        for prefix in (one.rstrip("/") for one in prefixes):
            before = self.before.get(prefix.partition("/")[0])
            if before is None:
                return None
            now = self._now(prefix)
            for folder, (state, names) in now.items():
                if not state or before.get(folder) != state:
                    folders.add(folder)
                    paths.extend(f"{folder}/{name}" for name in names)
            folders.update(folder for folder in before if folder not in now and _is_below(folder, prefix))
        self._changed[prefixes] = frozenset(folders), tuple(paths)
        return self._changed[prefixes]

    def begin(self, prefixes: tuple[str, ...]) -> bool:
        """Remember those of the folders that are at the top as they are now; return whether one of them is new."""
        tops = [top for one in prefixes if (top := one.rstrip("/")) and "/" not in top and top not in self.before]
        self.before.update((top, {folder: state for folder, (state, _) in self._now(top).items()}) for top in tops)
        return bool(tops)

    def name(self, prefixes: tuple[str, ...]) -> str | None:
        """Return a name of these folders in the state that is remembered, None where none is."""
        digest = hashlib.blake2b(digest_size=10)
        for top in sorted({prefix.partition("/")[0] for prefix in prefixes}):
            if top not in self.before:
                return None
            if top not in self._names:
                self._names[top] = pack(sorted(self.before[top].items()))[:_CHECK]
            digest.update(self._names[top])
        return digest.hexdigest()

    def beside(self, before: dict[str, dict[str, bytes]]) -> FolderStates:
        """Return the states of the same folders beside other earlier ones; no folder is looked at twice for both."""
        return FolderStates(root=self.root, now=self.now, before=before, _seen=self._seen)

    def all_now(self, top: str) -> Mapping[str, tuple[bytes, tuple[str, ...]]]:
        """Return state and names of the source and Kconfig files of each folder below one at the top of the tree."""
        return self._now(top)

    def forget(self) -> None:
        """Know nothing of what was before."""
        self.before, self._names, self._changed = {}, {}, {}

    def _now(self, prefix: str) -> dict[str, tuple[bytes, tuple[str, ...]]]:
        top = prefix.partition("/")[0]
        if top in self._seen:
            return {folder: seen for folder, seen in self._seen[top].items() if _is_below(folder, prefix)} \
                if top != prefix else self._seen[top]
        if prefix not in self._seen:
            self._seen[prefix] = dict(_look(self.root, prefix, self.now))
        return self._seen[prefix]


def _is_remembered(prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> bool:
    """Return whether the question is about source or Kconfig files in folders."""
    return bool(prefixes) and bool(suffixes) and set(suffixes) <= {*_KEPT} and not any(
        prefix.endswith(_KEPT) for prefix in prefixes)


def _is_below(folder: str, prefix: str) -> bool:
    return folder == prefix or folder.startswith(f"{prefix}/")


def _look(root: Path, top: str, now: int) -> Iterator[tuple[str, tuple[bytes, tuple[str, ...]]]]:
    """Yield each folder with the state and names of its source and Kconfig files; the state is empty where they may
    yet change."""
    waiting, settled = [top], now - _SETTLED
    while waiting:
        folder = waiting.pop()
        try:
            here = os.open(f"{root}/{folder}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:  # from the open folder a name is found sooner than by its whole path
                with os.scandir(here) as found:
                    entries = [*found]
                sources = [entry for entry in entries
                           if entry.name.endswith(_KEPT) and entry.is_file(follow_symlinks=False)]
                files = [(entry.name, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
                         for entry in sources for status in (entry.stat(follow_symlinks=False),)]
                waiting += [f"{folder}/{entry.name}" for entry in entries if entry.is_dir(follow_symlinks=False)]
            finally:
                os.close(here)
        except OSError:
            continue
        if files:
            files.sort()
            fresh = max(max(file[2:4]) for file in files) > settled
            state = b"" if fresh else hashlib.blake2b(marshal.dumps(files, _VERSION), digest_size=_CHECK).digest()
            yield folder, (state, tuple([file[0] for file in files]))


class Answers:
    """The answers of searches in one tree."""

    def __init__(self, store: Store, place: str, folders: FolderStates | None = None) -> None:
        """`place` names the tree; `folders` is None for one that never changes."""
        self._store, self._folders = store, folders
        self._place = hashlib.blake2b(place.encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
        self._new: dict[str, bytes] = {}
        self._opened, self._begun = folders is None, False

    def recall(self, names: Iterable[str], prefixes: tuple[str, ...], suffixes: tuple[str, ...]
               ) -> tuple[dict[str, dict[str, tuple[str, ...]]], tuple[str, ...]]:
        """Return by word and ending the files with it, as far as they are remembered, and files to look at besides."""
        if not _is_remembered(prefixes, suffixes):
            return {}, ()
        self._open()
        folders, paths = frozenset[str](), tuple[str, ...]()
        if self._folders is not None:
            changed = self._folders.changed(prefixes)
            if changed is not None and len(changed[1]) > _MOST_LOOKED_AT:
                self._forget()
                changed = None
            if changed is None:
                return {}, ()
            folders, paths = changed
        place = self._named(prefixes)
        keys = {(name, suffix): f"word {place} {suffix} {name}" for name in names for suffix in suffixes}
        found = self._store.get(keys.values())
        values = {key: value for key, name in keys.items() if isinstance(value := unpack(found.get(name)), tuple)}
        known = {name: {suffix: tuple(path for path in values[name, suffix] if path.rpartition("/")[0] not in folders)
                        for suffix in suffixes}
                 for name in names if all((name, suffix) in values for suffix in suffixes)}
        return known, tuple(path for path in paths if path.endswith(suffixes)) if known else ()

    def learn(self, found: Mapping[str, tuple[str, ...]], prefixes: tuple[str, ...], suffix: str) -> None:
        """Remember in which files with that ending below these folders words stand."""
        place = self._named(prefixes) if _is_remembered(prefixes, (suffix,)) else None
        if place is not None:
            self._new.update((f"word {place} {suffix} {name}", pack(paths)) for name, paths in found.items())

    def before_search(self, prefixes: tuple[str, ...]) -> None:
        """Look at the folders before they are searched: what changes later counts as changed."""
        if self._folders is not None:
            self._open()
            self._begun = self._folders.begin(prefixes) or self._begun

    def keep(self) -> None:
        """Hand what is new to the store."""
        entries, self._new = self._new, {}
        if self._folders is not None and self._begun:
            entries[f"folder {self._place}"] = pack(self._folders.before)
            self._begun = False
        if entries:
            self._store.put(entries)

    def _named(self, prefixes: tuple[str, ...]) -> str | None:
        """Return a name for these folders of the tree as they are, None where that is not known."""
        state = "" if self._folders is None else self._folders.name(prefixes)
        scope = "\0".join(prefixes).encode("utf-8", "surrogateescape")
        return None if state is None else f"{self._place} {state} {hashlib.blake2b(scope, digest_size=8).hexdigest()}"

    def _open(self) -> None:
        if self._opened or self._folders is None:
            return
        self._opened = True
        kept = unpack(self._store.get([f"folder {self._place}"]).get(f"folder {self._place}"))
        if isinstance(kept, dict):
            self._folders.before = kept

    def _forget(self) -> None:
        """Begin anew: too much is not what it was."""
        assert self._folders is not None
        self._folders.forget()
        self._begun, self._new = True, {}

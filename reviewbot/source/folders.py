"""The files of an unpacked tree, folder by folder: what changed since the last look, and which words stand in them."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping

from reviewbot.source.matcher import matcher_for
from reviewbot.values import dataclass

__all__ = ["FolderSeen", "read_folders", "shares_of"]

_LARGEST = 64 << 20
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM})
_SETTLED = 2_000_000_000  # ns: a file changed this shortly before it was read may change again within one time stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSeen:
    """What is known of the files that lie directly in one folder.

    `state` stands for names, sizes, times and inodes of all of them (empty: must be looked at again); they have been
    searched for the first `searched` words of a list, and `hits` are (name, content id, numbers of the words in it).
    `unread` are (name, reason) of files that this user may not read, the name empty for the folder itself.
    """

    state: str
    searched: int
    hits: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    unread: tuple[tuple[str, str], ...] = ()


def shares_of(root: str) -> list[tuple[str, bool]]:
    """Return (folder, whether with all below it) that together cover the tree in parts fit for several processes."""
    shares: list[tuple[str, bool]] = [("", False)]
    for top in _folders_in(root, ""):
        inner = _folders_in(root, top)
        shares.append((top, False))
        for folder in inner:
            deeper = _folders_in(root, folder) if len(inner) > 4 else []
            if len(deeper) > 40:
                shares.append((folder, False))
                shares.extend((below, True) for below in deeper)
            else:
                shares.append((folder, True))
    return shares


def _folders_in(root: str, folder: str) -> list[str]:
    try:
        with os.scandir(os.path.join(root, folder)) as found:  # noqa: PTH118 - some 60 000 times in half a second
            return sorted(f"{folder}/{entry.name}" if folder else entry.name for entry in found
                          if entry.is_dir(follow_symlinks=False) and entry.name.lower() != ".git")
    except OSError:
        return []


def read_folders(root: str, folders: Iterable[tuple[str, bool]], *, words: tuple[str, ...],
                 known: Mapping[str, FolderSeen], suffixes: tuple[str, ...], now: int,
                 only: Mapping[str, frozenset[str]] | None = None) -> Iterator[tuple[str, FolderSeen | None]]:
    """Yield (folder, what it holds now), None where that is what `known` has and no word is new to it.

    `words` may only grow at its end from one search to the next. `now` is the time in ns. Links are not followed.
    `only` names the files by folder in which the words may stand, None where that is not known.
    """
    waiting = [(folder, deep) for folder, deep in folders][::-1]
    while waiting:
        folder, deep = waiting.pop()
        try:
            handle = os.open(os.path.join(root, folder),  # noqa: PTH118
                             os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            if error.errno in _FORBIDDEN:
                yield folder, FolderSeen(state="", searched=len(words), unread=(("", str(error.strerror)),))
            continue
        try:
            entries, below = _list(handle, suffixes)
            if deep:
                waiting.extend((f"{folder}/{name}" if folder else name, True) for name in sorted(below, reverse=True))
            before = known.get(folder)
            if entries or before is not None:
                yield folder, _look(handle, entries, before, words=words, now=now,
                                    only=None if only is None else only.get(folder, frozenset()))
        finally:
            os.close(handle)


_Entry = tuple[str, int, int, int]


def _list(handle: int, suffixes: tuple[str, ...]) -> tuple[list[_Entry], list[str]]:
    """Return (name, size, time in ns, inode) of the wanted regular files in an open folder, and its folders."""
    files: list[_Entry] = []
    folders: list[str] = []
    with os.scandir(handle) as found:
        for entry in found:
            name = entry.name
            try:
                if name.endswith(suffixes):
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        files.append((name, status.st_size, status.st_mtime_ns, status.st_ino))
                        continue
                if entry.is_dir(follow_symlinks=False) and name.lower() != ".git":
                    folders.append(name)
            except OSError:
                continue
    files.sort()
    return files, folders


def _look(handle: int, entries: list[_Entry], before: FolderSeen | None, *, words: tuple[str, ...],
          now: int, only: frozenset[str] | None) -> FolderSeen | None:
    state = hashlib.blake2b(repr(entries).encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
    same = before is not None and before.state == state
    if same and before is not None and before.searched == len(words):
        return None
    first = before.searched if same and before is not None else 0
    kept = {name: (oid, numbers) for name, oid, numbers in before.hits} if same and before is not None else {}
    match = matcher_for(words[first:])
    unread: list[tuple[str, str]] = []
    for name, size, _, _ in entries:
        if only is not None and name not in only:
            continue
        content = _read(handle, name, size, unread)
        numbers = match(content)
        if numbers:
            oid, others = kept.get(name) or (_blob_id(content), ())
            kept[name] = (oid, (*others, *(number + first for number in numbers)))
    if unread or any(time > now - _SETTLED for _, _, time, _ in entries):
        state = ""
    return FolderSeen(state=state, searched=len(words), unread=tuple(unread),
                      hits=tuple((name, *kept[name]) for name in sorted(kept)))


def _read(handle: int, name: str, size: int, unread: list[tuple[str, str]]) -> bytes:
    """Return the content of a regular file, empty when it is too large or has gone; `unread` gets what is forbidden."""
    if size > _LARGEST:
        return b""
    try:
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
    except OSError as error:
        if error.errno in _FORBIDDEN:
            unread.append((name, str(error.strerror)))
        return b""
    try:
        return os.read(file, size)
    except OSError:
        return b""
    finally:
        os.close(file)


def _blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

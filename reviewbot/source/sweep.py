"""Which files of a folder hold a word: all of them read one after the other and looked through for all words at once.

That costs less than a program that searches as soon as there are some words: each of them costs `git grep` another look
at everything, and nothing here.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path

from reviewbot.source.matcher import Spotter, spotter_for

__all__ = ["Folders", "can_sweep", "sweep"]

_PILE = 4 << 20  # bytes that are looked through together
_MORE = ord("_")  # stands for what goes on before or behind a part
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
_ENTER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC


def can_sweep() -> bool:
    """Return whether this machine can look for many words at once."""
    return spotter_for(()) is not None


class Folders:
    """What stands in the folders of a tree that does not change: each is looked into once for all sweeps."""

    def __init__(self, root: Path) -> None:
        """Take the folder of the tree, and look at nothing yet."""
        self.root = str(root)
        self._known: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def files(self, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
        """Yield folders (the path ends in a slash, or is empty) with the names of their regular files that have one of
        the endings, once each: those below `prefixes` (none: all), and files that these name themselves."""
        waiting: list[str] = []
        for one in sorted({prefix.rstrip("/") for prefix in prefixes or ("",)}):
            place = f"{self.root}/{one}" if one else self.root
            if (waiting and _is_inside(one, waiting[-1])) or os.path.realpath(place) != place:
                continue
            if one.endswith(suffixes) and Path(place).is_file():
                folder, slash, name = one.rpartition("/")
                yield folder + slash, [name]
            waiting.append(one)
        while waiting:
            folder = waiting.pop()
            begin = f"{folder}/" if folder else ""
            files, folders = self._in(folder)
            names = [name for name in files if name.endswith(suffixes)]
            if names:
                yield begin, names
            waiting += [f"{begin}{name}" for name in folders]

    def _in(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the regular files and of the folders that stand in a folder; links are neither."""
        if folder not in self._known:
            files, folders = [], []
            try:
                with os.scandir(f"{self.root}/{folder}") as found:
                    for entry in found:
                        if entry.is_file(follow_symlinks=False):
                            files.append(entry.name)
                        elif entry.is_dir(follow_symlinks=False) and entry.name.lower() != ".git":
                            folders.append(entry.name)
            except OSError:
                pass
            self._known[folder] = tuple(files), tuple(folders)
        return self._known[folder]


def sweep(tree: Folders, words: tuple[str, ...], prefixes: tuple[str, ...], suffixes: tuple[str, ...]
          ) -> dict[str, list[str]] | None:
    """Return for each of the identifiers the sorted paths of the regular files below folders (none: all) with one of
    the endings (none: any) that hold it, None where this machine cannot look for many at once.

    Links are not followed; what cannot be read is left out.
    """
    spot = spotter_for(words)
    if spot is None:
        return None
    pile = _Pile(spot, max(map(len, words), default=0))
    for folder, names in tree.files(prefixes, suffixes or ("",)):
        pile.take(tree.root, folder, names)
    pile.look()
    return {word: sorted(pile.found.get(number, ())) for number, word in enumerate(words)}


def _is_inside(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


class _Pile:
    """Files read behind each other into one piece of memory, which is looked through when it is full."""

    def __init__(self, spot: Spotter, longest: int) -> None:
        """`longest`: of the words that `spot` finds."""
        self.found: dict[int, set[str]] = {}
        self._spot, self._longest = spot, longest
        self._room = max(_PILE, 4 * longest + 8)
        self._memory = bytearray(self._room)
        self._view = memoryview(self._memory)
        self._paths: list[str] = []
        self._starts: list[int] = []
        self._size = 0

    def take(self, root: str, folder: str, names: Iterable[str]) -> None:
        """Read files of one folder, as far as that can be done."""
        try:
            here = os.open(f"{root}/{folder}", _ENTER)  # from where a name is found sooner than by its whole path
        except OSError:
            return
        open_, read, close = os.open, os.readv, os.close
        try:
            for name in names:
                try:
                    handle = open_(name, _READ, dir_fd=here)
                except OSError:
                    continue
                try:
                    count = read(handle, [self._view[self._size:]])
                    if self._size + count < self._room:
                        self._paths.append(folder + name)
                        self._starts.append(self._size)
                        self._memory[self._size + count] = 0  # no word goes on from one file to the next
                        self._size += count + 1
                    else:  # there may be more of it
                        self.look()
                        os.lseek(handle, 0, os.SEEK_SET)
                        self._in_parts(handle, folder + name)
                except OSError:
                    continue
                finally:
                    close(handle)
        finally:
            close(here)

    def look(self) -> None:
        """Note which of the files hold a word, and begin a new pile."""
        self._note(self._size)
        self._paths, self._starts, self._size = [], [], 0

    def _note(self, size: int) -> None:
        for place, number in self._spot(self._view[:size]):
            self.found.setdefault(number, set()).add(self._paths[bisect_right(self._starts, place) - 1])

    def _in_parts(self, handle: int, path: str) -> None:
        """Look through a file that fills a pile of its own. A word on the edge of two parts is found in the one that
        has what stands on both its sides: at the other edge a mark makes it part of another word."""
        self._paths, self._starts = [path], [0]
        self._memory[0], size = 0, 1
        while True:
            count = os.readv(handle, [self._view[size:self._room - 1]])
            size += count
            self._memory[size] = _MORE if count else 0
            self._note(size + 1)
            if not count:
                self._paths, self._starts = [], []
                return
            start = max(1, size - self._longest - 1)
            kept = self._memory[start:size]
            self._memory[0] = _MORE if start > 1 else self._memory[0]
            size = 1 + len(kept)
            self._memory[1:size] = kept

"""Which files of a folder hold a word: all of them read one after the other and looked through for all words at once.

That costs less than a program that searches as soon as there are some words: each of them costs `git grep` another look
at everything, and nothing here.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from reviewbot.source.matcher import Spotter, spotter_for

__all__ = ["can_sweep", "sweep"]

_PILE = 4 << 20  # bytes that are looked through together
_MORE = ord("_")  # stands for what goes on before or behind a part
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW


def can_sweep() -> bool:
    """Return whether this machine can look for many words at once."""
    return spotter_for(()) is not None


def sweep(root: Path, words: tuple[str, ...], prefixes: tuple[str, ...], suffixes: tuple[str, ...]
          ) -> dict[str, list[str]] | None:
    """Return for each of the identifiers the sorted paths of the regular files below folders (none: all) with one of
    the endings (none: any) that hold it, None where this machine cannot look for many at once.

    Links are not followed; what cannot be read is left out.
    """
    spot = spotter_for(words)
    if spot is None:
        return None
    pile = _Pile(spot, max(map(len, words), default=0))
    for path in _files(str(root), prefixes, suffixes or ("",)):
        pile.take(f"{root}/{path}", path)
    pile.look()
    return {word: sorted(pile.found.get(number, ())) for number, word in enumerate(words)}


def _files(root: str, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterator[str]:
    waiting: list[str] = []
    for one in sorted({prefix.rstrip("/") for prefix in prefixes or ("",)}):
        place = f"{root}/{one}" if one else root
        if (waiting and _is_inside(one, waiting[-1])) or os.path.realpath(place) != place:
            continue
        if one.endswith(suffixes) and Path(place).is_file():
            yield one
        waiting.append(one)
    while waiting:
        folder = waiting.pop()
        begin = f"{folder}/" if folder else ""
        try:
            with os.scandir(f"{root}/{folder}") as found:
                entries = [*found]
        except OSError:
            continue
        for entry in entries:
            if entry.name.endswith(suffixes) and entry.is_file(follow_symlinks=False):
                yield f"{begin}{entry.name}"
            elif entry.is_dir(follow_symlinks=False) and entry.name.lower() != ".git":
                waiting.append(f"{begin}{entry.name}")


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

    def take(self, place: str, path: str) -> None:
        """Read a file, if that can be done."""
        try:
            handle = os.open(place, _READ)
        except OSError:
            return
        try:
            count = os.readv(handle, [self._view[self._size:]])
            if self._size + count >= self._room:  # there may be more of it
                self.look()
                os.lseek(handle, 0, os.SEEK_SET)
                self._in_parts(handle, path)
                return
        except OSError:
            return
        finally:
            os.close(handle)
        self._paths.append(path)
        self._starts.append(self._size)
        self._memory[self._size + count] = 0  # no word goes on from one file to the next
        self._size += count + 1

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

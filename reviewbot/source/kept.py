"""The files of a folder that were read lately, and the ids of all: a review asks for the same ones very often."""

from __future__ import annotations

import os
import stat

__all__ = ["Kept", "look_at"]

_MOST_BYTES = 16 << 20
_LARGEST = 1 << 20

_Look = tuple[int, int, int, int]


class Kept:
    """Contents and ids of files by place; each counts only while size and times of the file stay what they were."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._contents: dict[str, tuple[_Look, bytes]] = {}
        self._ids: dict[str, tuple[_Look, str]] = {}
        self._size = 0

    def get(self, place: str) -> bytes | None:
        """Return the content of an unchanged file that was read before, None when it has to be read."""
        known = self._contents.get(place)
        if known is None or known[0] != look_at(place):
            return None
        return known[1]

    def put(self, place: str, content: bytes, status: os.stat_result) -> bytes:
        """Return the content, which is kept if it is small; what was read first is forgotten first.

        `status` is of the open file, before it was read.
        """
        look = _seen(status)
        if look[0] != len(content) or len(content) > _LARGEST:
            return content
        old = self._contents.pop(place, None)
        self._size += len(content) - (len(old[1]) if old else 0)
        self._contents[place] = look, content
        while self._size > _MOST_BYTES:
            _, gone = self._contents.pop(next(iter(self._contents)))
            self._size -= len(gone)
        return content

    def gone(self) -> str:
        """Return the place of a kept file that is no longer there, empty when all are."""
        return next((place for place in self._contents if not os.path.lexists(place)), "")

    def id_of(self, place: str) -> str | None:
        """Return the id of an unchanged file, None when nobody has named it."""
        known = self._ids.get(place)
        return known[1] if known is not None and known[0] == look_at(place) else None

    def name(self, place: str, content_id: str) -> str:
        """Return the id, which is kept for the file as it stands."""
        look = look_at(place)
        if look is not None:
            self._ids[place] = look, content_id
        return content_id


def look_at(place: str) -> _Look | None:
    """Return what changes with a file: size, times and which it is; None for a link or what is no file."""
    try:
        status = os.lstat(place)
    except (OSError, ValueError):
        return None
    return _seen(status) if stat.S_ISREG(status.st_mode) else None


def _seen(status: os.stat_result) -> _Look:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino

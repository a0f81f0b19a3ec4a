"""A small cache of fetched threads: one file for each address, read again for a few minutes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reviewbot.values import dataclass

__all__ = ["Cache", "CachedAnswer"]

_MAGIC = b"reviewbot-thread-1"
_KEEP = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedAnswer:
    """Bytes that were fetched before, and how old they are in seconds."""

    data: bytes
    age: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Fetched threads below `folder` (None: nothing is kept); `now` is the time in seconds since 1970.

    A cache never fails a run: what cannot be read is absent, what cannot be written is not kept.
    """

    folder: Path | None
    now: float

    def read(self, url: str, *, most: int) -> CachedAnswer | None:
        """Return what was fetched from the canonical address `url`, if it is there whole and below `most` bytes."""
        path = self._path(url)
        found = self._read(path, most) if path is not None else None
        return found[1] if found is not None and found[0] == url else None

    def newest(self, count: int, *, most: int) -> Iterator[tuple[str, CachedAnswer]]:
        """Yield (address, bytes) of the newest entries that are whole, at most so many are looked at."""
        try:
            entries = sorted(((entry.stat().st_mtime, entry) for entry in self.folder.glob("*.thread")), reverse=True) \
                if self.folder is not None else []
        except OSError:
            return
        for _, entry in entries[:count]:
            found = self._read(entry, most)
            if found is not None:
                yield found

    def _read(self, path: Path, most: int) -> tuple[str, CachedAnswer] | None:
        try:
            with path.open("rb") as stream:
                head, data = stream.readline(4096), stream.read(most + 1)
            magic, fetched, digest, key = head.decode("ascii").split(" ", 3)
            age = self.now - float(fetched)
        except (OSError, ValueError):
            return None
        if magic.encode() != _MAGIC or hashlib.sha256(data).hexdigest() != digest or age < 0:
            return None
        return key.rstrip("\n"), CachedAnswer(data=data, age=age)

    def write(self, url: str, data: bytes) -> None:
        """Keep the bytes under the address; the file appears whole or not at all, so two runs may share a folder."""
        path = self._path(url)
        if path is None or "\n" in url or not url.isascii():
            return
        head = b"%s %.3f %s %s\n" % (_MAGIC, self.now, hashlib.sha256(data).hexdigest().encode(), url.encode())
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(head)
                    stream.write(data)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)
            self._prune(path.parent)

    def _path(self, url: str) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:40]}.thread"

    @staticmethod
    def _prune(folder: Path) -> None:
        """Remove the oldest entries beyond the number that is kept."""
        entries = sorted((entry.stat().st_mtime, entry) for entry in folder.glob("*.thread"))
        for _, entry in entries[: max(0, len(entries) - _KEEP)]:
            entry.unlink(missing_ok=True)

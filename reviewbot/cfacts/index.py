"""What earlier runs found out, in one SQLite file: file records by content, and searches by tree.

Everything in it can be found out again. So it is dropped when it was made by another version of the rules or of the
program, rebuilt when it is damaged, cut back when it grows too large, and left alone when it cannot be written.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Index", "stamp_of"]

SCHEMA = 1
_MOST_BYTES = 192 << 20
_DAY = 86_400
_LAST = 1e15
_PATIENCE = 5.0  # seconds to wait for another run that writes
_TABLES = (
    "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    ("CREATE TABLE IF NOT EXISTS entry (name TEXT PRIMARY KEY, day INTEGER NOT NULL, size INTEGER NOT NULL, "
    "data BLOB NOT NULL)"))


def stamp_of(files: Iterable[Path], versions: Iterable[str]) -> str:
    """Return an id of everything that decides what a cached record holds: the files' contents and these versions."""
    digest = hashlib.blake2b(f"{SCHEMA}\0".encode(), digest_size=16)
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + hashlib.blake2b(path.read_bytes()).digest())
    for version in versions:
        digest.update(version.encode() + b"\0")
    return digest.hexdigest()


class Index:
    """The cache file of one user; several runs may use it at once.

    Whatever is wrong with the file never stops a run: `notes` says what was done about it, and `lost` why something was
    not kept, empty while everything was.
    """

    def __init__(self, file: Path | None, *, stamp: str, today: int, most_bytes: int = _MOST_BYTES) -> None:
        """Open or make `file` (None: remember nothing). `today` counts days, for what was not used for long."""
        self._file, self._stamp, self._today, self._most_bytes = file, stamp, today, most_bytes
        self.notes: list[str] = []
        self.lost = ""
        self._used: set[str] = set()
        self._base: sqlite3.Connection | None = None
        if file is not None:
            self._open(file)

    @staticmethod
    def day(seconds: float) -> int:
        """Return the number of the day of a time in seconds; 0 for a clock that shows none of our days."""
        return int(seconds // _DAY) if 0 <= seconds < _LAST else 0

    def __enter__(self) -> Self:
        """Return the index."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 traceback: TracebackType | None) -> None:
        """Close the file."""
        self.close()

    @property
    def is_open(self) -> bool:
        """Return whether there is a file that remembers anything."""
        return self._base is not None

    def close(self) -> None:
        """Close the file; reading finds nothing afterwards, writing keeps nothing."""
        if self._base is not None:
            self._base.close()
            self._base = None

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Return the data of those entries that are there."""
        found: dict[str, bytes] = {}
        wanted = sorted(set(names))
        stale: list[str] = []
        for start in range(0, len(wanted), 500):
            part = wanted[start:start + 500]
            marks = ",".join("?" * len(part))
            for name, day, data in self._ask(f"SELECT name, day, data FROM entry WHERE name IN ({marks})", part):  # noqa: S608 - only question marks
                if isinstance(data, bytes):
                    found[name] = data
                    if day != self._today:
                        stale.append(name)
        self._used.update(stale)
        return found

    def put(self, entries: Mapping[str, bytes]) -> None:
        """Keep entries, and note which older ones this run used; the ones not used for longest go when it is full."""
        if self._base is None or not (entries or self._used):
            return
        rows = [(name, self._today, len(data), data) for name, data in sorted(entries.items())]
        try:
            with self._base:
                self._base.execute("BEGIN IMMEDIATE")
                self._base.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
                self._base.executemany("UPDATE entry SET day = ? WHERE name = ?",
                                       [(self._today, name) for name in sorted(self._used)])
                self._evict(self._base)
            self._used.clear()
        except sqlite3.OperationalError as error:
            self._lose("the cache was not written", str(error))
        except sqlite3.DatabaseError:
            self._rebuild()

    def _evict(self, base: sqlite3.Connection) -> None:
        total = base.execute("SELECT coalesce(sum(size), 0) FROM entry").fetchone()[0]
        if total <= self._most_bytes:
            return
        goal = total - self._most_bytes * 3 // 4
        gone: list[tuple[str]] = []
        for name, size in base.execute("SELECT name, size FROM entry ORDER BY day, rowid"):
            if goal <= 0:
                break
            goal -= size
            gone.append((name,))
        base.executemany("DELETE FROM entry WHERE name = ?", gone)

    def _ask(self, question: str, values: list[str]) -> list[tuple[str, int, bytes]]:
        if self._base is None:
            return []
        try:
            return self._base.execute(question, values).fetchall()
        except sqlite3.OperationalError as error:
            self.notes.append(f"the cache was not read: {error}")
        except sqlite3.DatabaseError:
            self._rebuild()
        return []

    # The file

    def _open(self, file: Path) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._base = self._connect(file)
        except OSError as error:
            self._lose("no cache", error.strerror or str(error))
        except sqlite3.OperationalError as error:
            self._lose("no cache", str(error))
        except sqlite3.DatabaseError:
            self._rebuild()

    def _connect(self, file: Path) -> sqlite3.Connection:
        base = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
        try:
            with suppress(sqlite3.OperationalError):  # the mode stays with the file, and whoever holds it sets the same
                base.execute("PRAGMA journal_mode=WAL")
            base.execute("PRAGMA synchronous=OFF")  # what a crash of the machine damages is rebuilt
            if self._known_stamp(base) != self._stamp:
                self._start_anew(base)
        except BaseException:
            base.close()
            raise
        return base

    def _known_stamp(self, base: sqlite3.Connection) -> str | None:
        """Return the stamp that the file was made with, None for a new file."""
        if base.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('about', 'entry')").fetchone()[0] < 2:
            return None
        found = base.execute("SELECT value FROM about WHERE name = 'stamp'").fetchone()
        return None if found is None else str(found[0])

    def _start_anew(self, base: sqlite3.Connection) -> None:
        """Make the tables and drop what other rules left, unless another run has done so in the meantime."""
        base.execute("BEGIN IMMEDIATE")
        for table in _TABLES:
            base.execute(table)
        known = self._known_stamp(base)
        if known != self._stamp:
            base.execute("DELETE FROM entry")
            base.execute("INSERT OR REPLACE INTO about VALUES ('stamp', ?)", (self._stamp,))
        base.execute("COMMIT")
        if known not in {None, self._stamp}:
            self.notes.append("the cache was made with other rules or another version and starts anew")

    def _rebuild(self) -> None:
        """Put an empty file in place of a damaged one."""
        self.close()
        assert self._file is not None
        self.notes.append("the cache was damaged and starts anew")
        try:
            for end in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + end).unlink(missing_ok=True)
            self._base = self._connect(self._file)
        except (OSError, sqlite3.Error) as error:
            self._lose("no cache", str(error))

    def _lose(self, what: str, why: str) -> None:
        self.lost = self.lost or why
        self.notes.append(f"{what}: {why}")

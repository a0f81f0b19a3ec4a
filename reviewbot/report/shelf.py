"""A folder of finished reviews: what each is about, how grave it is, and what a search finds in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from reviewbot.errors import InputError
from reviewbot.report.json_form import SCHEMA_SEVERAL
from reviewbot.report.order import counted
from reviewbot.report.stored import StoredReview, read_record, read_stored
from reviewbot.text import clip
from reviewbot.values import dataclass

__all__ = ["ORDERS", "Entry", "Shelf", "sorted_entries"]

Order = Literal["weight", "date", "subject"]
ORDERS: tuple[Order, ...] = ("weight", "date", "subject")

_DEPTH = 3  # folders below the one that is served
_MOST_FILES = 20_000
_LARGEST = 64 << 20  # bytes of one review


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One review of the folder. `key` names it in addresses; `path` is its file, `html` the page beside it, if any.

    `weight` is that of its heaviest row or question; `words` is all that a search looks at, in lower case.
    """

    key: str
    path: Path
    html: Path | None
    subject: str
    author: str
    date: datetime | None
    list_name: str
    kernel: str
    conclusion: str
    weight: int
    levels: tuple[str, ...]
    suppressed: int
    words: str
    review: StoredReview


@dataclass(slots=True)
class Shelf:
    """The reviews below a folder, read again when their files change."""

    folder: Path
    problems: list[str] = field(default_factory=list)
    _known: dict[Path, tuple[tuple[int, int], tuple[Entry, ...]]] = field(default_factory=dict)

    def entries(self) -> tuple[Entry, ...]:
        """Return the reviews that the folder holds now; `problems` then names the files that are none."""
        self.problems.clear()
        known, found = self._known, list[Entry]()
        self._known = {}
        for path in _files(self.folder):
            try:
                state = path.stat()
                mark = (state.st_mtime_ns, state.st_size)
                if state.st_size > _LARGEST:
                    raise InputError(f"is larger than {_LARGEST >> 20} MB", where=path.name)
                entries = known[path][1] if path in known and known[path][0] == mark else self._read(path)
            except OSError as error:
                self.problems.append(f"{path.name}: cannot read: {error.strerror}")
                continue
            except InputError as error:
                self.problems.append(str(error))
                continue
            self._known[path] = (mark, entries)
            found += entries
        return tuple(found)

    def _read(self, path: Path) -> tuple[Entry, ...]:
        name = path.relative_to(self.folder).as_posix()
        record = read_record(path.read_text(encoding="utf-8", errors="replace"), where=name)
        several = record["schema"] == SCHEMA_SEVERAL
        records = record.get("reviews", []) if several else [record]
        beside = path.with_suffix(".html")
        html = beside if not several and _inside(beside, self.folder) else None
        return tuple(_entry(f"{name}:{number}" if several else name, path, html, one, where=name)
                     for number, one in enumerate(records, 1))


def sorted_entries(entries: Iterable[Entry], *, query: str, order: Order) -> list[Entry]:
    """Return the entries that have every word of the query, in the order that was asked for."""
    words = query.lower().split()
    found = [one for one in entries if all(word in one.words for word in words)]
    found.sort(key=lambda one: (one.subject.lower(), one.key))
    if order != "subject":
        found.sort(key=lambda one: one.date.timestamp() if one.date else 0.0, reverse=True)
    if order == "weight":
        found.sort(key=lambda one: one.weight, reverse=True)
    return found


def _files(folder: Path) -> list[Path]:
    """Return the JSON files at most three folders down, sorted; links that lead out of the folder are left alone."""
    found: list[Path] = []
    for here, folders, names in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if depth < _DEPTH else []
        found += [path for name in sorted(names) if name.endswith(".json")
                  for path in [Path(here) / name] if _inside(path, folder)]
        if len(found) >= _MOST_FILES:
            break
    return found[:_MOST_FILES]


def _inside(path: Path, folder: Path) -> bool:
    """Return whether the path is a regular file that lies in the folder, wherever links lead."""
    try:
        real = path.resolve(strict=True)
        return real.is_file() and real.is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def _entry(key: str, path: Path, html: Path | None, record: Any, *, where: str) -> Entry:
    review = read_stored(record, where=where)
    try:
        series, base = record["series"], record["series"]["base"]
        subject, author, list_name = (clip(str(series[name]), 300) for name in ("subject", "author", "list"))
        version = f" (v{review.version})" if review.version > 1 else ""
        date = datetime.fromisoformat(series["date"]) if series["date"] else None
        kernel = clip(str(base["kernel"]), 40)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"this review lacks a field or has a wrong one ({error})", where=where) from error
    page = review.page
    new = counted(review.findings)
    said: Sequence[str] = [
        subject, author, list_name, kernel, page.conclusion, review.message_id,
        *(text for row in page.rows for text in (row.statement, row.file, *row.arch, row.config)),
        *(text for one in review.findings for text in (one.message, one.file, one.function, one.symbol, one.rule))]
    return Entry(
        key=key, path=path, html=html, subject=f"{subject or '(no subject)'}{version}", author=author, date=date,
        list_name=list_name, kernel=kernel, conclusion=page.conclusion, review=review,
        weight=max([row.weight.value for row in page.rows] + [one.value for one in page.ask_weights], default=0),
        levels=tuple(one.level for one in new), suppressed=sum(bool(one.suppressed) for one in review.findings),
        words="\n".join(said).lower())

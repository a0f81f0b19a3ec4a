"""Tables of a TOML file, read strictly: each complaint names the file, the entry and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any

from reviewbot.arch.model import parse_range, parse_version
from reviewbot.arch.types import Anchor, KernelVersion, VersionRange
from reviewbot.errors import DataError, UsageError
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["Place", "Table", "anchor_of", "anchors_of", "bytes_of", "line_of", "only", "range_of", "read_table",
           "refuse_unanchored", "releases_of", "strings", "table", "table_in", "tables", "text_of"]

_ANCHOR = {"file", "function", "has", "lacks", "path", "for", "versions"}

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the data we are, for the error message: `x86.toml: fact 'set_memory_ro' 6.1..6.12`."""

    text: str

    def error(self, what: str, *, key: str = "", hint: str = "see docs/architecture-model.md") -> DataError:
        """Return the error for this place, or for one key of it."""
        return DataError(f"key '{key}': {what}" if key else what, where=self.text, hint=hint)

    def inside(self, what: str) -> Place:
        """Return the place of something in it."""
        return Place(text=f"{self.text}: {what}")


def only(entry: object, known: set[str], place: Place) -> None:
    """Refuse a table with a key that the schema does not know."""
    if not isinstance(entry, dict):
        raise place.error("must be a table")
    for key in entry:
        if key not in known:
            raise place.error("is not a key of the schema", key=key)


def text_of(entry: Table, key: str, place: Place) -> str:
    """Return a text that must be there and say something."""
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise place.error("must be a text", key=key)
    return value


def line_of(entry: Table, key: str, place: Place) -> str:
    """Return a text as one line."""
    return " ".join(text_of(entry, key, place).split())


def strings(entry: Table, key: str, place: Place) -> tuple[str, ...]:
    """Return a list of texts, empty when there is none."""
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise place.error("must be a list of texts", key=key)
    return tuple(value)


def table(entry: Table, key: str, place: Place) -> Table:
    """Return a table, empty when there is none."""
    value = entry.get(key, {})
    if not isinstance(value, dict):
        raise place.error("must be a table", key=key)
    return value


def tables(entry: Table, key: str, place: Place) -> tuple[Table, ...]:
    """Return the tables of `[[key]]`."""
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise place.error(f"must be tables, written [[{key}]]", key=key)
    return tuple(value)


def range_of(entry: Table, place: Place) -> VersionRange:
    """Return the releases that the entry is for."""
    try:
        return parse_range(text_of(entry, "versions", place))
    except UsageError as problem:
        raise place.error(problem.what, key="versions", hint="write '5.10..6.12', '6.13..' or '6.12'") from problem


def releases_of(data: Table, place: Place) -> tuple[KernelVersion, ...]:
    """Return the releases that the files were read from, sorted; there must be one."""
    try:
        releases = tuple(sorted(parse_version(text) for text in strings(data, "releases", place)))
    except DataError:
        raise
    except UsageError as problem:
        raise place.error(problem.what, key="releases") from problem
    if not releases:
        raise place.error("names no release", key="releases")
    return releases


def read_table(path: Path) -> Table:
    """Return what the file holds. Raises DataError when it cannot be read."""
    return table_in(bytes_of(path), path.name)


def bytes_of(path: Path) -> bytes:
    """Return the bytes of the file. Raises DataError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise _unread(path.name, problem) from problem


def table_in(content: bytes, name: str) -> Table:
    """Return what the bytes of the file `name` hold. Raises DataError when they are no TOML."""
    try:
        return tomllib.loads(decode(content))
    except (RecursionError, tomllib.TOMLDecodeError) as problem:
        raise _unread(name, problem) from problem


def _unread(name: str, problem: Exception) -> DataError:
    return Place(text=name).error(f"cannot be read: {problem}", hint="mend the file")


def anchor_of(entry: Table, place: Place, *, fields: Set[str], symbol: str = "") -> Anchor:
    """Return one anchor; `{symbol}` in its texts is the symbol, and `fields` are what it may bear."""
    place = place.inside("anchor")
    only(entry, _ANCHOR, place)

    def text(key: str) -> str:
        value = entry.get(key, "")
        if not isinstance(value, str):
            raise place.error("must be a text", key=key)
        return value.replace("{symbol}", symbol) if symbol else value

    anchor = Anchor(
        file=text("file"), function=text("function"), has=text("has"), lacks=text("lacks"),
        path=tuple(name.replace("{symbol}", symbol) for name in strings(entry, "path", place)),
        holds_for=strings(entry, "for", place),
        versions=range_of(entry, place) if "versions" in entry else None,
    )
    if not anchor.file or anchor.file.startswith("/") or ".." in anchor.file.split("/"):
        raise place.error("must be a path inside the kernel", key="file")
    if not (anchor.function or anchor.has or anchor.lacks):
        raise place.error("says nothing: give 'function', 'has' or 'lacks'", key="has")
    if anchor.path and not anchor.function:
        raise place.error("a chain of calls starts at a function", key="function")
    for field in anchor.holds_for:
        if field not in fields:
            raise place.error(f"'{field}' is not a field", key="for")
    return anchor


def anchors_of(entry: Table, place: Place, *, fields: Set[str], versions: VersionRange,
               releases: Iterable[KernelVersion]) -> tuple[Anchor, ...]:
    """Return the anchors of an entry; in each of the releases that its range has there must be one."""
    anchors = tuple(anchor_of(anchor, place, fields=fields) for anchor in tables(entry, "anchor", place))
    refuse_unanchored(anchors, versions, releases, place)
    return anchors


def refuse_unanchored(anchors: tuple[Anchor, ...], versions: VersionRange, releases: Iterable[KernelVersion],
                      place: Place) -> None:
    """Refuse a fact without an anchor in one of the releases that it is about."""
    if not anchors:
        raise place.error("the fact has no anchor", key="anchor")
    for release in releases:
        if release in versions and not any(anchor.covers(release) for anchor in anchors):
            raise place.error(f"the fact has no anchor in {release}", key="anchor")

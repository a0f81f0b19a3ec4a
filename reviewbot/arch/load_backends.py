"""Reads `rules/backends/*.toml`, strictly, as the architectures are read. docs/architecture-model.md has the schema."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from reviewbot.arch.backends import Answer, Backend, Backends, Caller, Conversion
from reviewbot.arch.tables import (
    Place,
    Table,
    anchors_of,
    bytes_of,
    line_of,
    only,
    range_of,
    strings,
    table_in,
    tables,
    text_of,
)
from reviewbot.arch.types import KernelVersion, VersionRange
from reviewbot.errors import UsageError
from reviewbot.logic import parse_condition
from reviewbot.values import dataclass

__all__ = ["load_backends"]

_FIELDS = {"asks", "yes", "no", "does", "contents", "vmalloc", "absent", "refuses", "text", "requires", "needs",
           "idle"}
_CONTENTS, _VMALLOC = ("kept", "lost", "unknown"), ("yes", "no", "unknown")
_FLAG = (True, False)


def load_backends(folders: tuple[Path, ...], releases: tuple[KernelVersion, ...]) -> tuple[Backends, ...]:
    """Return the backends of each architecture below these rule folders, sorted by name; a later folder's file replaces
    an earlier one of the same name.

    Raises DataError naming file, entry and key when a file does not follow the schema.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        files |= {path.name: path for path in sorted((folder / "backends").glob("*.toml"))}
    return tuple(_load(name, bytes_of(files[name]), releases) for name in sorted(files))


@lru_cache(maxsize=16)
def _load(name: str, content: bytes, releases: tuple[KernelVersion, ...]) -> Backends:
    """Return what the file says; a model that differs in one file has the others as they were read."""
    place = Place(text=f"backends/{name}")
    data = table_in(content, name)
    only(data, {"arch", "backend", "answer", "conversion", "caller"}, place)
    arch = text_of(data, "arch", place)
    if f"{arch}.toml" != name:
        raise place.error(f"is '{arch}', and the file is named '{name}'", key="arch")
    reader = _Reader(place=place, releases=releases)
    rows = tuple(reader.backend(entry) for entry in tables(data, "backend", place))
    return Backends(arch=arch, rows=rows,
                    answers=tuple(reader.answer(entry, rows) for entry in tables(data, "answer", place)),
                    conversions=tuple(reader.conversion(entry, rows) for entry in tables(data, "conversion", place)),
                    callers=tuple(reader.caller(entry, rows) for entry in tables(data, "caller", place)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the tables of one file."""

    place: Place
    releases: tuple[KernelVersion, ...]

    def backend(self, entry: Table) -> Backend:
        place = self.place.inside(f"backend '{entry.get('name', '')}'")
        only(entry, {"name", "title", "versions", "requires", "text", "anchor"}, place)
        requires = str(entry.get("requires", ""))
        if requires:
            _condition(requires, "requires", place)
        return Backend(name=text_of(entry, "name", place), title=line_of(entry, "title", place), requires=requires,
                       text=line_of(entry, "text", place), **self._standing(entry, place))

    def answer(self, entry: Table, rows: Iterable[Backend]) -> Answer:
        """Return one `[[answer]]`: each backend of its releases must be told apart, `others` says of the rest."""
        asks = " ".join(str(entry.get("asks", "")).split())
        place = self.place.inside(f"answer '{asks}' {entry.get('versions', '')}".rstrip())
        only(entry, {"asks", "versions", "yes", "no", "open", "others", "text", "anchor"}, place)
        named = {key: strings(entry, key, place) for key in ("yes", "no", "open")}
        standing = self._standing(entry, place)
        here = tuple(row.name for row in rows if _overlap(row.versions, standing["versions"]))
        told = [name for names in named.values() for name in names]
        self._refuse_unknown(told, here, place)
        if len(told) != len(set(told)):
            raise place.error("is told twice", key="yes")
        others = entry.get("others", "")
        if others not in ("", *named):
            raise place.error(f"is '{others}'; it can be yes, no or open", key="others")
        if others:
            named[others] += tuple(name for name in here if name not in told)
        elif set(here) - set(told):
            raise place.error(f"says nothing of {', '.join(sorted(set(here) - set(told)))}", key="others")
        return Answer(asks=text_of(entry, "asks", place), yes=named["yes"], no=named["no"],
                      text=line_of(entry, "text", place), **standing)

    def conversion(self, entry: Table, rows: Iterable[Backend]) -> Conversion:
        place = self.place.inside(f"conversion '{entry.get('backends', '')}'")
        only(entry, {"backends", "versions", "does", "contents", "vmalloc", "absent", "refuses", "idle", "anchor"},
             place)
        standing = self._standing(entry, place)
        names = strings(entry, "backends", place)
        here = [row.name for row in rows if _overlap(row.versions, standing["versions"])]
        self._refuse_unknown(names, here, place)
        for key, words in (("contents", _CONTENTS), ("vmalloc", _VMALLOC), ("absent", _FLAG), ("idle", _FLAG)):
            if entry.get(key, False) not in words:
                raise place.error(f"must be {', '.join(map(str, words)).lower()}", key=key)
        return Conversion(backends=names, does=line_of(entry, "does", place), contents=entry["contents"],
                          vmalloc=entry["vmalloc"], absent=entry["absent"],
                          refuses=" ".join(str(entry.get("refuses", "")).split()), idle=entry.get("idle", False),
                          **standing)

    def caller(self, entry: Table, rows: Iterable[Backend]) -> Caller:
        place = self.place.inside(f"caller '{entry.get('needs', '')}'")
        only(entry, {"needs", "versions", "backends", "text", "anchor"}, place)
        standing = self._standing(entry, place)
        names, needs = strings(entry, "backends", place), text_of(entry, "needs", place)
        self._refuse_unknown(names, [row.name for row in rows if _overlap(row.versions, standing["versions"])], place)
        _condition(needs, "needs", place)
        return Caller(needs=needs, backends=names, text=line_of(entry, "text", place), **standing)

    def _standing(self, entry: Table, place: Place) -> dict[str, Any]:
        versions = range_of(entry, place)
        return {"versions": versions,
                "anchors": anchors_of(entry, place, fields=_FIELDS, versions=versions, releases=self.releases)}

    @staticmethod
    def _refuse_unknown(names: Iterable[str], known: Iterable[str], place: Place) -> None:
        for name in names:
            if name not in known:
                raise place.error(f"there is no backend '{name}' in these releases", key="backends")


def _condition(text: str, key: str, place: Place) -> None:
    try:
        parse_condition(text)
    except UsageError as problem:
        raise place.error(problem.what, key=key, hint=problem.hint) from problem


def _overlap(one: VersionRange, other: VersionRange) -> bool:
    return one.first in other or other.first in one

"""Reads `rules/scenarios/*.toml`, strictly: what the schema of docs/machine.md does not know does not load."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from reviewbot.arch.machine.types import ActorText, Assumption, Group, Scenario
from reviewbot.arch.model import parse_range
from reviewbot.arch.types import VersionRange
from reviewbot.errors import DataError, UsageError
from reviewbot.patterns import regex
from reviewbot.text import decode

__all__ = ["load_scenarios"]

_NAME = regex(r"[a-z][a-z0-9_]*")
_DASHED = regex(r"[a-z][a-z0-9-]*")
_MOST_PAGES = 64


def load_scenarios(folders: tuple[Path, ...]) -> tuple[Scenario, ...]:
    """Return the scenarios of the `scenarios` folders below these rule folders, sorted by name; a later folder's file
    replaces an earlier one of the same name.

    Raises DataError naming file and key when a file does not follow the schema.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        files |= {path.stem: path for path in sorted((folder / "scenarios").glob("*.toml"))}
    return tuple(_load(files[name].name, _bytes_of(files[name])) for name in sorted(files))


def _error(place: str, what: str, hint: str = "see docs/machine.md") -> DataError:
    return DataError(what, where=place, hint=hint)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise _error(path.name, f"cannot be read: {problem}", "mend the file") from problem


@lru_cache(maxsize=64)
def _load(place: str, content: bytes) -> Scenario:
    """Return what the file of this name says: it is read once for all reviews of a run."""
    try:
        data = tomllib.loads(decode(content))
    except (RecursionError, tomllib.TOMLDecodeError) as problem:
        raise _error(place, f"cannot be read: {problem}", "mend the file") from problem
    _only(data, {"title", "text", "versions", "arches", "leaf", "config", "needs", "pages", "assumption", "actor"},
          place)
    groups = tuple(_group(name, value, place) for name, value in _table(data, "pages", place).items())
    leaf = data.get("leaf", 4)
    total = sum(group.count for group in groups)
    if not isinstance(leaf, int) or isinstance(leaf, bool) or not 1 <= leaf <= 16:
        raise _error(place, "key 'leaf': must be a number of pages from 1 to 16")
    assumptions = tuple(_assumption(entry, place) for entry in _tables(data, "assumption", place))
    for group in groups:
        if group.of_pages and group.of_pages not in {entry.name for entry in assumptions}:
            raise _error(place, f"key 'of_pages': there is no assumption '{group.of_pages}'")
    if not groups or total > _MOST_PAGES:
        raise _error(place, f"key 'pages': there must be pages, {_MOST_PAGES} at most")
    actors = tuple(_actor(entry, place) for entry in _tables(data, "actor", place))
    _refuse_doubles(actors, place)
    if not actors:
        raise _error(place, "key 'actor': nobody does anything")
    return Scenario(
        name=place.removesuffix(".toml"), title=_text(data, "title", place),
        text=" ".join(_text(data, "text", place).split()),
        versions=_versions(data, place), arches=_strings(data, "arches", place), leaf=leaf,
        config=_strings(data, "config", place), needs=_strings(data, "needs", place), groups=groups,
        assumptions=assumptions, actors=actors)


def _refuse_doubles(actors: tuple[ActorText, ...], place: str) -> None:
    for number, actor in enumerate(actors):
        for other in actors[:number]:
            if actor.name == other.name and (
                    actor.versions is None or other.versions is None
                    or actor.versions.first in other.versions or other.versions.first in actor.versions):
                raise _error(f"{place}: actor '{actor.name}'", "is there twice in one release")


def _group(name: str, value: object, place: str) -> Group:
    place = f"{place}: pages '{name}'"
    if not _NAME.fullmatch(name) or name == "vmap":
        raise _error(place, "is not a name of small letters, or has a meaning of its own")
    table: Mapping[str, Any] = value if isinstance(value, dict) else {"count": value}
    _only(table, {"count", "starts_leaf", "free", "of_pages"}, place)
    count = table.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise _error(place, "key 'count': must be a number of pages")
    for key in ("starts_leaf", "free"):
        if not isinstance(table.get(key, False), bool):
            raise _error(place, f"key '{key}': must be true or false")
    return Group(name=name, count=count, starts_leaf=table.get("starts_leaf", False), free=table.get("free", False),
                 of_pages=str(table.get("of_pages", "")))


def _assumption(entry: Mapping[str, Any], place: str) -> Assumption:
    _only(entry, {"name", "text"}, f"{place}: assumption")
    name = _text(entry, "name", f"{place}: assumption")
    if not _DASHED.fullmatch(name):
        raise _error(f"{place}: assumption", f"'{name}' is not a name of small letters and dashes")
    return Assumption(name=name, text=" ".join(_text(entry, "text", place).split()))


def _actor(entry: Mapping[str, Any], place: str) -> ActorText:
    place = f"{place}: actor '{entry.get('name', '')}'"
    _only(entry, {"name", "text", "versions", "freezable", "context", "steps"}, place)
    if entry.get("context", "task") not in ("task", "atomic"):
        raise _error(place, "key 'context': can be 'task' or 'atomic'")
    if not isinstance(entry.get("freezable", False), bool):
        raise _error(place, "key 'freezable': must be true or false")
    steps = entry.get("steps")
    lines: Iterable[str] = ()
    if isinstance(steps, str):
        bare = (line.partition("#")[0].strip() for line in steps.splitlines())
        lines = tuple(line for line in bare if line)
    if not lines:
        raise _error(place, "key 'steps': must be a text with one statement a line")
    return ActorText(name=_text(entry, "name", place), text=" ".join(str(entry.get("text", "")).split()),
                     versions=_versions(entry, place), freezable=entry.get("freezable", False),
                     atomic=entry.get("context") == "atomic", steps=tuple(lines))


def _versions(entry: Mapping[str, Any], place: str) -> VersionRange | None:
    if "versions" not in entry:
        return None
    try:
        return parse_range(_text(entry, "versions", place))
    except UsageError as problem:
        raise _error(place, f"key 'versions': {problem.what}", "write '5.10..6.12', '6.13..' or '6.12'") from problem


def _only(entry: Mapping[str, Any], known: set[str], place: str) -> None:
    for key in entry:
        if key not in known:
            raise _error(place, f"key '{key}': is not a key of the schema")


def _text(entry: Mapping[str, Any], key: str, place: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _error(place, f"key '{key}': must be a text")
    return value


def _strings(entry: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _error(place, f"key '{key}': must be a list of texts")
    return tuple(value)


def _table(entry: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    value = entry.get(key, {})
    if not isinstance(value, dict):
        raise _error(place, f"key '{key}': must be a table")
    return value


def _tables(entry: Mapping[str, Any], key: str, place: str) -> tuple[Mapping[str, Any], ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _error(place, f"must be tables, written [[{key}]]")
    return tuple(value)

"""The function families of `rules/api/*.toml`: names, signatures, what a failure means and what undoes what."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal, cast

from reviewbot.errors import DataError
from reviewbot.values import dataclass

__all__ = ["ApiFunction", "DeferredUndo", "Family", "load_family"]

Returns = Literal["int", "void", "bool"]
Address = Literal["virtual", "page", "array", "pfn", "none"]
Count = Literal["pages", "bytes", "none"]
Tier = Literal["core", "worker"]

_ALLOWED: Mapping[str, frozenset[str]] = {
    "returns": frozenset({"int", "void", "bool"}),
    "address": frozenset({"virtual", "page", "array", "pfn", "none"}),
    "count": frozenset({"pages", "bytes", "none"}),
    "tier": frozenset({"core", "worker"}),
}
_TEXTS = ("name", "prototype", "failure", "header")
_LISTS = ("undone_by", "arch", "made_by", "does_all_of")
_OPTIONAL = frozenset({"arch", "does_all_of", "made_by", "address_argument", "count_argument", "restores"})
_KEYS = frozenset({*_TEXTS, *_LISTS, *_ALLOWED, "address_argument", "count_argument", "restores"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiFunction:
    """One function of a family; the fields are described in `rules/api/README.md`.

    `address_argument` and `count_argument` count from 0, None when there is no such argument. `restores`: it gives
    memory back the state that most memory has; one with a last argument that says so does when that is true.
    `does_all_of` are the functions, called one after the other, of which it does the work.
    """

    name: str
    family: str
    prototype: str
    returns: Returns
    address: Address
    address_argument: int | None
    count: Count
    count_argument: int | None
    failure: str
    undone_by: tuple[str, ...]
    header: str
    tier: Tier
    arch: tuple[str, ...]
    made_by: tuple[str, ...]
    restores: bool = False
    does_all_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferredUndo:
    """A mark on memory that has the function which frees it (`freed_by`) do the work of others first (`stands_for`).

    `set_by` are the functions that set the mark; it may be given by its own name (`name`) as well.
    """

    name: str
    set_by: tuple[str, ...]
    freed_by: str
    stands_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """All functions of all families, sorted by name; `summaries` are (family, sentence)."""

    functions: tuple[ApiFunction, ...]
    summaries: tuple[tuple[str, str], ...] = ()
    deferred: tuple[DeferredUndo, ...] = ()
    _names: dict[Tier | None, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _selected: dict[str, tuple[ApiFunction, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_name: dict[str, ApiFunction] = field(default_factory=dict, init=False, repr=False, compare=False)

    def get(self, name: str) -> ApiFunction | None:
        """Return the function of that name, or None."""
        if not self._by_name:
            self._by_name.update((function.name, function) for function in reversed(self.functions))
        return self._by_name.get(name)

    def names(self, tier: Tier | None = None) -> frozenset[str]:
        """Return the names of all functions, or of those of one tier."""
        if tier not in self._names:
            self._names[tier] = frozenset(f.name for f in self.functions if tier is None or f.tier == tier)
        return self._names[tier]

    def families(self) -> tuple[str, ...]:
        """Return the names of the families, sorted."""
        return tuple(sorted({function.family for function in self.functions}))

    def select(self, reference: str) -> tuple[ApiFunction, ...]:
        """Return the functions that `api:<family>` or a plain function name stands for.

        Raises DataError when there is no such family or function.
        """
        if reference in self._selected:
            return self._selected[reference]
        wanted = reference.removeprefix("api:")
        found = self._selected[reference] = tuple(f for f in self.functions
                      if (f.family if reference.startswith("api:") else f.name) == wanted)
        if not found:
            del self._selected[reference]
            raise DataError(f"no function family or function '{reference}'", where="rules/api",
                            hint=f"the families are {', '.join(self.families())}")
        return found

    def made_by(self) -> Mapping[str, tuple[str, ...]]:
        """Return, for each macro that defines functions of the family, their names, sorted."""
        macros: dict[str, list[str]] = {}
        for function in self.functions:
            for macro in function.made_by:
                macros.setdefault(macro, []).append(function.name)
        return {macro: tuple(names) for macro, names in sorted(macros.items())}


def load_family(folders: tuple[Path, ...]) -> Family:
    """Return the families of all `*.toml` files in `folders`, later folders replacing functions of the same name.

    Raises DataError, with the file and the key, for a file that does not follow `rules/api/README.md`.
    """
    functions: dict[str, ApiFunction] = {}
    summaries: dict[str, str] = {}
    deferred: dict[str, DeferredUndo] = {}
    for folder in folders:
        seen: dict[str, Path] = {}
        for path in sorted(folder.glob("*.toml")):
            family, summary, found, marks = _load_file(path)
            summaries[family] = summary
            deferred |= {mark.name: mark for mark in marks}
            for function in found:
                if function.name in seen:
                    raise DataError(f"function '{function.name}' stands in {seen[function.name].name} already",
                                    where=str(path), hint="keep one of the two")
                seen[function.name] = path
                functions[function.name] = function
    return Family(functions=tuple(functions[name] for name in sorted(functions)),
                  summaries=tuple(sorted(summaries.items())),
                  deferred=tuple(deferred[name] for name in sorted(deferred)))


def _load_file(path: Path) -> tuple[str, str, tuple[ApiFunction, ...], tuple[DeferredUndo, ...]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"cannot be read: {error}", where=str(path)) from error
    for key in data.keys() - {"family", "summary", "function", "deferred"}:
        raise DataError(f"unknown key '{key}'", where=str(path), hint="the keys stand in rules/api/README.md")
    for key in ("family", "summary"):
        if not isinstance(data.get(key), str) or not data[key]:
            raise DataError(f"'{key}' must be a text", where=str(path))
    if data["family"] != path.stem:
        raise DataError(f"'family' must be '{path.stem}', as the file is named", where=str(path))
    return (data["family"], data["summary"],
            tuple(_function(entry, data["family"], f"{path}: function {number}")
                  for number, entry in enumerate(_entries(data, "function", path), 1)),
            tuple(_deferred(entry, f"{path}: deferred {number}")
                  for number, entry in enumerate(_entries(data, "deferred", path), 1)))


def _entries(data: Mapping[str, object], key: str, path: Path) -> list[Mapping[str, object]]:
    entries = data.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise DataError(f"'{key}' must be a list of tables", where=str(path), hint=f"write [[{key}]]")
    return entries


def _deferred(entry: Mapping[str, object], where: str) -> DeferredUndo:
    wanted = {"name", "set_by", "freed_by", "stands_for"}
    for key in sorted(entry.keys() ^ wanted):
        raise DataError(f"{'unknown' if key in entry else 'missing'} key '{key}'", where=where,
                        hint="the keys stand in rules/api/README.md")
    return DeferredUndo(name=_text(entry, "name", where), set_by=_names(entry, "set_by", where),
                        freed_by=_text(entry, "freed_by", where), stands_for=_names(entry, "stands_for", where))


def _function(entry: Mapping[str, object], family: str, where: str) -> ApiFunction:
    if isinstance(entry.get("name"), str):
        where = f"{where} '{entry['name']}'"
    for key in sorted(entry.keys() - _KEYS):
        raise DataError(f"unknown key '{key}'", where=where, hint="the keys stand in rules/api/README.md")
    for key in sorted(_KEYS - _OPTIONAL - entry.keys()):
        raise DataError(f"key '{key}' is missing", where=where)
    texts = {key: _text(entry, key, where) for key in (*_TEXTS, *_ALLOWED)}
    for key, allowed in _ALLOWED.items():
        if texts[key] not in allowed:
            raise DataError(f"'{key}' is '{texts[key]}'", where=where, hint=f"use one of {', '.join(sorted(allowed))}")
    if not texts["name"].isidentifier():
        raise DataError("'name' is no C identifier", where=where)
    lists = {key: _names(entry, key, where) for key in _LISTS}
    return ApiFunction(
        name=texts["name"], family=family, prototype=texts["prototype"], returns=cast(Returns, texts["returns"]),
        address=cast(Address, texts["address"]), address_argument=_number(entry, "address_argument", where),
        count=cast(Count, texts["count"]), count_argument=_number(entry, "count_argument", where),
        failure=texts["failure"], undone_by=lists["undone_by"], does_all_of=lists["does_all_of"],
        header=texts["header"],
        tier=cast(Tier, texts["tier"]), arch=lists["arch"], made_by=lists["made_by"],
        restores=_flag(entry, "restores", where))


def _text(entry: Mapping[str, object], key: str, where: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value:
        raise DataError(f"'{key}' must be a text", where=where)
    return value


def _names(entry: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DataError(f"'{key}' must be a list of names", where=where)
    return tuple(value)


def _flag(entry: Mapping[str, object], key: str, where: str) -> bool:
    value = entry.get(key, False)
    if not isinstance(value, bool):
        raise DataError(f"'{key}' must be true or false", where=where)
    return value


def _number(entry: Mapping[str, object], key: str, where: str) -> int | None:
    value = entry.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise DataError(f"'{key}' must be a number, counted from 0", where=where)
    return value

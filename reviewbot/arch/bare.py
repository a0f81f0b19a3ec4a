"""Architectures that do nothing of their own: one line each in `rules/arch/_bare.toml`, and what is said of all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reviewbot.arch.tables import Place, Table, read_table, table, text_of
from reviewbot.patterns import regex

__all__ = ["BARE", "bare_architectures"]

BARE = "_bare"

_ARCH = regex(r"[a-z][a-z0-9]*")


def bare_architectures(path: Path | None) -> dict[str, Table]:
    """Return what the files of the architectures would say that have nothing of their own: they differ in one line."""
    data = read_table(path) if path is not None else {}
    place = Place(text=f"{BARE}.toml")
    summaries = table(data, "architecture", place)
    for name in summaries:
        if not _ARCH.fullmatch(name):
            raise place.error(f"'{name}' is no folder of arch/", key="architecture")
    rest = {key: value for key, value in data.items() if key != "architecture"}
    return {name: {"arch": name, "title": name, "summary": text_of(summaries, name, place), **_named(rest, name)}
            for name in summaries}


def _named(value: Any, arch: str) -> Any:
    """Return the value with the architecture in the place of `{arch}` in each text of it."""
    if isinstance(value, str):
        return value.replace("{arch}", arch)
    if isinstance(value, dict):
        return {key: _named(inner, arch) for key, inner in value.items()}
    return [_named(inner, arch) for inner in value] if isinstance(value, list) else value

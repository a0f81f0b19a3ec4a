"""Which release was the newest on a day, out of `rules/releases.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from reviewbot.arch.model import parse_version
from reviewbot.arch.types import KernelVersion
from reviewbot.errors import DataError
from reviewbot.text import decode

__all__ = ["is_release", "release_at"]


def release_at(day: date, rules: Path) -> KernelVersion | None:
    """Return the newest release that was out on that day, None before the first that `rules` has a date of.

    Raises DataError when the table cannot be read.
    """
    return max((pair for pair in _dates(rules) if pair[0] <= day), default=(day, None))[1]


def is_release(version: KernelVersion, rules: Path) -> bool:
    """Return whether the table of `rules` has the release. Raises DataError when it cannot be read."""
    return any(version == known for _, known in _dates(rules))


def _dates(rules: Path) -> list[tuple[date, KernelVersion]]:
    path = rules / "releases.toml"
    try:
        table = tomllib.loads(decode(path.read_bytes()))["released"]
        return [(when, parse_version(name)) for name, when in table.items() if isinstance(when, date)]
    except (OSError, KeyError, AttributeError, tomllib.TOMLDecodeError) as problem:
        raise DataError(f"cannot be read: {problem}", where=str(path), hint="mend the file") from problem

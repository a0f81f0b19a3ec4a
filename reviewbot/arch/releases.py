"""Which release was the newest on a day, out of `rules/releases.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from reviewbot.arch.model import parse_version
from reviewbot.arch.types import KernelVersion
from reviewbot.errors import DataError
from reviewbot.text import decode

__all__ = ["release_at"]


def release_at(day: date, rules: Path) -> KernelVersion | None:
    """Return the newest release that was out on that day, None before the first that `rules` has a date of.

    Raises DataError when the table cannot be read.
    """
    path = rules / "releases.toml"
    try:
        table = tomllib.loads(decode(path.read_bytes()))["released"]
        dates = [(when, parse_version(name)) for name, when in table.items() if isinstance(when, date)]
    except (OSError, KeyError, AttributeError, tomllib.TOMLDecodeError) as problem:
        raise DataError(f"cannot be read: {problem}", where=str(path), hint="mend the file") from problem
    return max((pair for pair in dates if pair[0] <= day), default=(day, None))[1]

"""Tables of facts in `rules/effects/`: one file each, made into the value that a room works with."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any, TypeVar

from reviewbot.errors import DataError
from reviewbot.resources import data_folder

__all__ = ["effect_table"]

Made = TypeVar("Made")


def effect_table(name: str, make: Callable[[dict[str, Any]], Made]) -> Made:
    """Return what `make` makes of `rules/effects/NAME`. Raises DataError when the file is not there, is no TOML, or has
    not what `make` takes from it."""
    path = data_folder("rules") / "effects" / name
    try:
        return make(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"the table does not load: {error}", where=str(path)) from error

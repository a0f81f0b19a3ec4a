"""Lists of functions beside the families (`rules/lists/`): what frees memory, what runs where nothing may sleep."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from reviewbot.checks.rule import Rule
from reviewbot.errors import DataError
from reviewbot.resources import data_folder

__all__ = ["list_option", "own_list"]


def list_option(rule: Rule, key: str) -> Mapping[str, int]:
    """Return the list that the rule's option names: each function with the number of the argument that counts.

    The list stands in `lists/` beside the rule's `checks/`, else among the program's own. Raises DataError when the
    option is no name, or the list does not load.
    """
    name = rule.options.get(key)
    where = str(rule.folder / "rule.toml")
    if not isinstance(name, str) or not name.isidentifier():
        raise DataError(f"'{key}' must be the name of a list", where=where, hint="a file below rules/lists/, no .toml")
    for folder in (rule.folder.parent.parent, data_folder("rules")):
        path = folder / "lists" / f"{name}.toml"
        if path.is_file():
            return _load(path)
    raise DataError(f"there is no list '{name}'", where=where, hint="lists stand in rules/lists/")


@lru_cache(maxsize=64)
def own_list(name: str) -> Mapping[str, int]:
    """Return one of the program's own lists."""
    return _load(data_folder("rules") / "lists" / f"{name}.toml")


@lru_cache(maxsize=32)
def _load(path: Path) -> Mapping[str, int]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"the list does not load: {error}", where=str(path)) from error
    names = table.get("names")
    if not isinstance(names, dict) or table.keys() - {"summary", "names"}:
        raise DataError("a list has a 'summary' and a table [names]", where=str(path))
    for function, argument in names.items():
        if not function.isidentifier() or isinstance(argument, bool) or not isinstance(argument, int) or argument < 0:
            raise DataError(f"'{function}' is not a function with the number of an argument", where=str(path))
    return names

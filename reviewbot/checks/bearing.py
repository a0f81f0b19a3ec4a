"""Whether code that names no function of the family deals with mappings of kernel memory all the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from reviewbot.contracts.tables import effect_table
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["is_mapping_option", "is_mapping_place", "is_test_place", "speaks_of_mappings"]

_NAME = regex(r"[A-Za-z_]\w*")
_SILENT = regex(r'"(?:[^"\\\n]|\\.)*"|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|//[^\n]*')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    places: re.Pattern[str]
    tests: re.Pattern[str]
    options: re.Pattern[str]
    words: frozenset[str]
    names: frozenset[str]


def is_mapping_place(path: str) -> bool:
    """Return whether a file is about mappings of kernel memory as a whole, by where it lies."""
    return _known().places.search(path) is not None and not is_test_place(path)


def is_test_place(path: str) -> bool:
    """Return whether a file only tries out what others do, by its name."""
    return _known().tests.search(path) is not None


def is_mapping_option(symbol: str) -> bool:
    """Return whether an option, without `CONFIG_`, is about mappings of kernel memory by its name."""
    return _known().options.search(symbol) is not None


def speaks_of_mappings(*texts: str) -> bool:
    """Return whether C code, without comments and strings, has a name that is about mappings of kernel memory."""
    known = _known()
    return any(name in known.names or not known.words.isdisjoint(name.lower().split("_"))
               for text in texts for name in frozenset(_NAME.findall(_SILENT.sub(" ", text))))


@lru_cache(maxsize=1)
def _known() -> _Words:
    return effect_table("mappings.toml", _made)


def _made(table: dict[str, Any]) -> _Words:
    return _Words(places=re.compile("|".join(f"(?:{place})" for place in table["places"])),
                  tests=re.compile(table["tests"]), options=re.compile(table["options"]),
                  words=frozenset(table["words"]), names=frozenset(table["names"]))

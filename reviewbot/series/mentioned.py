"""The names that the hunks of many series mention: a tree is searched for those of all series in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff, Series

__all__ = ["mentioned_names"]

_CALLED = regex(r"\b([A-Za-z_]\w*)\(")
_OPTION = regex(r"\bCONFIG_\w+")
_KCONFIG = regex(r"^[ +-][ \t]*(?:menu)?(?:config|depends on|select|imply|default|if)\b(.*)", re.MULTILINE)
_SYMBOL = regex(r"\b[A-Z][A-Z0-9_]{2,}\b")
_SHORTEST = 9  # shorter names stand in every second file
_MOST = 4000


def mentioned_names(every: Iterable[Series]) -> tuple[str, ...]:
    """Return the functions and options that hunks of these series name, sorted, as far as few files of a tree are
    likely to: long names of several words."""
    found: set[str] = set()
    for series in every:
        for file in (file for patch in series.patches for file in patch.files if not file.binary):
            found |= _mentioned(file)
            if len(found) > _MOST:
                return tuple(sorted(found)[:_MOST])
    return tuple(sorted(found))


def _mentioned(file: FileDiff) -> set[str]:
    names = {name for name in _CALLED.findall(file.raw)
             if len(name) >= _SHORTEST and "_" in name and not name.isupper()}
    names.update(name.removesuffix("_MODULE") for name in _OPTION.findall(file.raw))
    if "Kconfig" in file.path:
        names.update(f"CONFIG_{symbol}" for line in _KCONFIG.findall(file.raw) for symbol in _SYMBOL.findall(line))
    return {name for name in names if name.isascii()}

"""Which Kconfig files of a tree name a symbol."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewbot.kconfig.resolving import SOURCE_FOLDERS
from reviewbot.source.types import Tree

__all__ = ["files_naming"]

_TOP = "Kconfig"
_NAMES = ("Kconfig", "Kconfig.debug")
_FOLDERS = (*SOURCE_FOLDERS, "samples")
"""Where a kernel's own options stand: what lies below `scripts` and `tools` belongs to other programs."""


def files_naming(tree: Tree, symbols: Iterable[str]) -> tuple[str, ...]:
    """Return the sorted paths of the Kconfig files in which one of the symbols stands as a word."""
    wanted = sorted(symbols)
    found = tree.search(wanted, prefixes=_FOLDERS, suffixes=_NAMES)
    text = tree.read(_TOP) or b""
    return (_TOP, *found) if any(re.search(rb"\b%s\b" % re.escape(one.encode()), text) for one in wanted) else found

"""Switches of the whole kernel that a call stands behind: variables that are set once, by the command line mostly."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

from reviewbot.checks.analysis import Side
from reviewbot.logic import Cond
from reviewbot.patterns import regex
from reviewbot.source.types import Tree

__all__ = ["switches_of"]

_PLAIN = regex(r"[a-z]\w{4,}")
_MOST = 2


def switches_of(side: Side, path: str, only: Cond) -> str:
    """Return ` only where rodata_enabled` for the parts of a condition that ask one flag of the whole kernel; empty
    for none, and for more than can be said in passing."""
    parts = only.parts if only.op == "and" else (only,)
    asked = [(part, part.parts[0] if part.op == "not" else part) for part in parts if part.op in {"var", "not"}]
    found = [str(part) for part, atom in asked if atom.op == "var" and _PLAIN.fullmatch(atom.name)
             and _is_flag(cast(Any, side.tree), path, atom.name)]
    return f" only where {' && '.join(found)}" if 0 < len(found) <= _MOST else ""


@lru_cache(maxsize=256)
def _is_flag(tree: Tree, path: str, name: str) -> bool:
    """Return whether a header declares the name as a boolean of the whole kernel, or the file defines one."""
    declared = re.compile(rb"^extern[ \t]+bool[ \t]+(?:\w+[ \t]+)*" + name.encode() + rb"\b[^;(]*;", re.MULTILINE)
    defined = re.compile(rb"^(?:static[ \t]+)?bool[ \t]+(?:\w+[ \t]+)*" + name.encode() + rb"\b[^;(]*;", re.MULTILINE)
    return defined.search(tree.read(path) or b"") is not None or any(
        declared.search(tree.read(header) or b"") for header in tree.search([name], suffixes=(".h",)))

"""Which functions a patch only gives another name: the lines that define them change in nothing but names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reviewbot.series.types import FileDiff, Series
from reviewbot.text import squash

__all__ = ["is_renamed"]

_WORD = re.compile(r"[A-Za-z_]\w*")
_ASIDE = re.compile(r"^\s*(?:/?\*|//|$)")


def is_renamed(series: Series, patch: int, old: str, new: str) -> bool:
    """Return whether a patch up to this one gives the function `old` the name `new` where it is defined: names are all
    that its file's code changes in, each into one other."""
    return any(_names(diff).get(old) == new and _defines(diff, new) for one in series.patches if one.index <= patch
               for diff in one.files if f"{new}(" in diff.raw and f"{old}(" in diff.raw)


def _defines(diff: FileDiff, name: str) -> bool:
    """Return whether an added line begins the definition of the function, as kernel code is written."""
    head = re.compile(rf"[A-Za-z_][\w\s*]*\b{name}\((?!.*;\s*$)")
    return any(line.kind == "+" and head.match(line.text) for hunk in diff.hunks for line in hunk.lines)


def _names(diff: FileDiff) -> Mapping[str, str]:
    """Return which names give way to which others, empty where code changes in more than that."""
    found: dict[str, str] = {}
    for before, after in _changes(diff):
        if _WORD.sub("_", before) != _WORD.sub("_", after):
            return {}
        for one, other in zip(_WORD.findall(before), _WORD.findall(after), strict=True):
            if found.setdefault(one, other) != other:
                return {}
    changed = {one: other for one, other in found.items() if one != other}
    return changed if len(set(changed.values())) == len(changed) and not set(changed.values()) & set(found) else {}


def _changes(diff: FileDiff) -> Iterator[tuple[str, str]]:
    """Yield the code of each change, before and after, without comments and blanks."""
    for hunk in diff.hunks:
        sides: tuple[list[str], list[str]] = ([], [])
        for line in (*hunk.lines, None):
            if line is None or line.kind == " ":
                yield _code(sides[0]), _code(sides[1])
                sides = ([], [])
            else:
                sides[line.kind == "+"].append(line.text)


def _code(lines: Sequence[str]) -> str:
    return squash(" ".join(line for line in lines if not _ASIDE.match(line))).replace(" ", "\0")

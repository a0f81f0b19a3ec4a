"""Which functions are called where a series changes a line: what is unchanged of such a call may be another one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from reviewbot.patterns import regex
from reviewbot.source.types import PatchedTree
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["called_around_changes"]

_CALLED = regex(r"\b([A-Za-z_]\w*)[ \t]*\(")
_DEEPEST = 4  # helpers on the way from a changed function to another


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """The lines of a file up to the next closing bracket at the beginning of one, so a function with what is above it:
    its first and last line, its name, empty where it has no head, and what it calls."""

    first: int
    last: int
    name: str
    calls: frozenset[str]


def called_around_changes(patched: PatchedTree) -> frozenset[str]:
    """Return the names that are called in some function of which a patch adds, changes or removes a line, as it stood
    before that patch or stands after it, and in what these call in files that the series touches.

    A function ends with a bracket at the beginning of its line, also in code that does not parse.
    """
    known: dict[bytes, tuple[_Block, ...]] = {}
    calls: dict[str, frozenset[str]] = {}
    found: set[str] = set()
    for state in patched.states:
        for file in state.files:
            if not file.path.endswith((".c", ".h")):
                continue
            for content, numbers in ((file.before or b"", file.removed), (file.after or b"", file.added)):
                if content not in known:
                    known[content] = _blocks(content)
                    for block in known[content]:
                        calls[block.name] = calls.get(block.name, frozenset()) | block.calls
                ordered = sorted(numbers)
                found.update(*(block.calls for block in known[content]
                               if bisect_left(ordered, block.first) < bisect_right(ordered, block.last)))
    return _followed(found, calls)


def _followed(names: set[str], calls: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the names with those that their functions call, a few steps deep."""
    found, fresh = set(names), set(names)
    for _ in range(_DEEPEST):
        fresh = set().union(*(calls.get(name, frozenset()) for name in fresh)) - found
        found |= fresh
    return frozenset(found)


def _blocks(content: bytes) -> tuple[_Block, ...]:
    found: list[_Block] = []
    first, name, open_ = 1, "", False
    names: set[str] = set()
    lines = decode(content).splitlines()
    for number, line in enumerate(lines, 1):
        here = _CALLED.findall(line) if "(" in line else ()
        if line.startswith("{"):
            open_ = True
        elif not open_ and here and not line[:1].isspace():
            name = here[0]
        names.update(here)
        if line.startswith("}"):
            found.append(_Block(first=first, last=number, name=name, calls=frozenset(names) - {name}))
            first, name, open_, names = number + 1, "", False, set()
    return (*found, _Block(first=first, last=len(lines), name="", calls=frozenset(names)))

"""What was probably meant by a name that stands nowhere in a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewbot.patterns import regex
from reviewbot.source import Tree
from reviewbot.text import decode, nearest, quote_names

__all__ = ["say_near"]

_CALLED = regex(r"\b([A-Za-z_]\w{2,60})[ \t]*\(")


def say_near(symbol: str, tree: Tree, family: Iterable[str]) -> str:
    """Return the names of the family and of the tree's headers that are most like it, as a hint."""
    near = nearest(symbol, sorted({*family, *_in_headers(tree)}), likeness=0.7)
    return f"nearest are {quote_names(near)}" if near else "check the name"


def _in_headers(tree: Tree) -> Iterator[str]:
    """Yield the names that stand before a bracket in the headers in which such functions are declared."""
    for folder in ("include/linux", "include/asm-generic"):
        for path in tree.list_files(folder):
            if path.endswith(".h") and path.count("/") == 2:
                yield from _CALLED.findall(decode(tree.read(path) or b""))

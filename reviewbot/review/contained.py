"""Whether masks that are written with other flags are the same: what one flag has in it needs no second word."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, cast

from reviewbot.patterns import regex
from reviewbot.review.defines import macro_bodies
from reviewbot.source.types import Tree
from reviewbot.text import is_bracketed

__all__ = ["same_masks"]

_FLAG = r"_*[A-Z][A-Z0-9_]+"
_LIST = rf"{_FLAG}(?: ?\| ?{_FLAG})*"
_MASK = regex(rf"(?<![\w)])\({_LIST}\)|(?<![\w.>&^+*/%~!<=-])(?<![&^+*/%<>=-] ){_LIST}(?! ?[\w.(\[&^+*/%<>=-])"
              rf"|(?<![\w.>]){_FLAG}(?![\w(])")
_NAME = regex(_FLAG)
_CAST = regex(r"^\((?:__force )?\w+\) ?")
_DEEPEST = 4


def same_masks(before: Tree, after: Tree, old: str, new: str) -> bool:
    """Return whether two texts of C differ in nothing but the flags that masks name, `A | B`, and each mask is the same
    bits by what the headers of its tree say that the flags stand for."""
    if _MASK.sub("_", old) != _MASK.sub("_", new):
        return False
    pairs = [(a, b) for a, b in zip(_MASK.findall(old), _MASK.findall(new), strict=True) if _named(a) != _named(b)]
    return bool(pairs) and all("|" in a + b and _bits(before, a) == _bits(after, b) for a, b in pairs)


def _named(mask: str) -> frozenset[str]:
    return frozenset(_NAME.findall(mask))


def _bits(tree: Tree, mask: str) -> frozenset[str]:
    """Return the flags of a mask that are not known to stand for others."""
    found: set[str] = set()
    left = _named(mask)
    for _ in range(_DEEPEST):
        parts = {name: _made_of(cast(Hashable, tree), name) for name in sorted(left)}
        found |= {name for name, names in parts.items() if not names}
        left = frozenset(one for names in parts.values() for one in names) - found
    return frozenset(found) | left


@lru_cache(maxsize=32)
def _made_of(tree: Any, name: str) -> frozenset[str]:
    """Return the flags that a `Tree`'s headers say a flag is made of; none where they say it in several ways or none,
    or where it is a number."""
    bodies = {text for path in tree.search([name], prefixes=("include",), suffixes=(".h",))
              for macro, text in macro_bodies(tree.read(path) or b"") if macro == name}
    body = _bare(bodies.pop()) if len(bodies) == 1 else ""
    return _named(body) if re.fullmatch(_LIST, body) is not None else frozenset()


def _bare(body: str) -> str:
    """Return what a macro stands for without the brackets and the cast around it."""
    body = body.strip()
    while is_bracketed(body):
        body = _CAST.sub("", body[1:-1].strip()).strip()
    return body

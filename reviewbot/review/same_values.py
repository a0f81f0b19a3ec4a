"""Whether two macros of a kernel stand for one value, by what the headers of each architecture write for them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, cast

from reviewbot.checks.arches import own_arch
from reviewbot.patterns import regex
from reviewbot.review.defines import macro_bodies
from reviewbot.source.types import Tree
from reviewbot.text import is_bracketed

__all__ = ["same_values"]

_MACRO = regex(r"(?<![\w.])(?<!->)_*[A-Z][A-Z0-9_]+(?!\w)(?! ?\()")
_WORD = regex(r"[A-Za-z_]\w*")
_NUMBER = regex(r"_AC\((0[xX][0-9a-fA-F]+|\d+), ?[UL]*\)|(?<!\w)(0[xX][0-9a-fA-F]+|\d+)[uUlL]+(?!\w)")
_CAST = regex(r"^\((?:unsigned |signed )?\w+\) ?(?=[(\d])")
_MOST = 4  # macros that differ, and steps from one to what it is written with
_ELSEWHERE = ""  # for all architectures


def same_values(before: Tree, after: Tree, path: str, old: str, new: str) -> bool:
    """Return whether two texts of C at this path differ in nothing but macros, and each pair of these is one value on
    every architecture that the path is for: written with the same words, or one with the name of the other."""
    if _MACRO.sub("_", old) != _MACRO.sub("_", new):
        return False
    pairs = {(a, b) for a, b in zip(_MACRO.findall(old), _MACRO.findall(new), strict=True) if a != b}
    return 0 < len(pairs) <= _MOST and all(_one_value(before, after, own_arch(path), a, b) for a, b in sorted(pairs))


def _one_value(before: Tree, after: Tree, arch: str, old: str, new: str) -> bool:
    trees = cast(Hashable, before), cast(Hashable, after)
    arches = {arch} if arch else {one for tree, name in zip(trees, (old, new), strict=True)
                                  for one in _bodies(tree, name)} or {_ELSEWHERE}
    for one in sorted(arches):
        chains = [_chain(tree, one, name) for tree, name in zip(trees, (old, new), strict=True)]
        common = next((text for text in chains[0] if text in chains[1]), None)
        # What both come to has to stand for the same before the patch and after it.
        if common is None or any(_texts(trees[0], one, word) != _texts(trees[1], one, word)
                                 for word in _WORD.findall(common)[:_MOST]):
            return False
    return True


def _chain(tree: Hashable, arch: str, name: str) -> list[str]:
    """Return a macro's name and what it is written with, step by step, as long as that is one text."""
    found = [name]
    for _ in range(_MOST):
        texts = _texts(tree, arch, found[-1])
        if len(texts) != 1 or next(iter(texts)) in {"", *found}:
            break
        found.extend(texts)
    return found


def _texts(tree: Hashable, arch: str, name: str) -> frozenset[str]:
    """Return all that a macro stands for on an architecture: what its own headers write, and those for all."""
    if _MACRO.fullmatch(name) is None:
        return frozenset()
    bodies = _bodies(tree, name)
    return bodies.get(arch, frozenset()) | bodies.get(_ELSEWHERE, frozenset())


@lru_cache(maxsize=64)
def _bodies(tree: Any, name: str) -> Mapping[str, frozenset[str]]:
    """Return what the headers of a `Tree` write for a macro, by architecture."""
    found: dict[str, set[str]] = {}
    for path in tree.search([name], prefixes=("include", "arch"), suffixes=(".h",)):
        arch = own_arch(path)
        if (not arch or path.startswith(f"arch/{arch}/include/")) and not path.startswith("include/uapi/"):
            for macro, text in macro_bodies(tree.read(path) or b""):
                if macro == name:
                    found.setdefault(arch, set()).add(_bare(text))
    return {arch: frozenset(found[arch]) for arch in sorted(found)}


def _bare(body: str) -> str:
    """Return an expression without the brackets around it, and numbers without the type that they are given."""
    text = re.sub(r"\s+", " ", _NUMBER.sub(lambda hit: hit[1] or hit[2], body)).strip()
    while is_bracketed(text) or _CAST.match(text):
        text = text[1:-1].strip() if is_bracketed(text) else _CAST.sub("", text)
    return text

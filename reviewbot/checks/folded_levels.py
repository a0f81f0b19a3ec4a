"""Which levels of the page table an architecture has folded into the one above: what gives their tables never fails."""

from __future__ import annotations

import re

from reviewbot.contracts.outline import Outline
from reviewbot.contracts.results import treatments
from reviewbot.patterns import regex
from reviewbot.source.types import Tree

__all__ = ["comes_of_folded_level"]

_GIVES = regex(r"(p[4um]d)_(?:alloc|offset)\w*")
_INCLUDED = regex(rb"^[ \t]*#[ \t]*include[ \t]*[<\"]asm-generic/(pgtable-\w+\.h)[>\"]", re.MULTILINE)
_GENERIC = "include/asm-generic/"


def comes_of_folded_level(tree: Tree, arch: str, outline: Outline, variable: str) -> bool:
    """Return whether the variable takes its value from a function of a page table level that some header of the
    architecture folds: it is the entry of the level above then, and never NULL."""
    levels = {found[1] for one in treatments(outline) if one.target == variable
              and (found := _GIVES.fullmatch(one.callee))}
    return bool(arch and levels) and all(_is_folded(tree, arch, level) for level in levels)


def _is_folded(tree: Tree, arch: str, level: str) -> bool:
    """Return whether a header of the architecture says so itself, or includes a generic one that does."""
    macro = f"__PAGETABLE_{level.upper()}_FOLDED"
    own = (f"arch/{arch}/include",)
    if any(_defines(tree, path, macro) for path in tree.search((macro,), prefixes=own, suffixes=(".h",))):
        return True
    folding = _folding(tree, macro)
    return any(folding.intersection(_included(tree, path)) for path in tree.search(
        sorted({name.removesuffix(".h").rpartition("-")[2] for name in folding}), prefixes=own, suffixes=(".h",)))


def _folding(tree: Tree, macro: str) -> frozenset[str]:
    """Return the generic headers that say that the level is folded, or include one that does."""
    found = {path.removeprefix(_GENERIC) for path in tree.search(
        (macro,), prefixes=(_GENERIC.rstrip("/"),), suffixes=(".h",)) if _defines(tree, path, macro)}
    left = sorted(found)
    while left:
        name = left.pop()
        word = name.removesuffix(".h").rpartition("-")[2]
        more = {path.removeprefix(_GENERIC) for path in tree.search(
            (word,), prefixes=(_GENERIC.rstrip("/"),), suffixes=(".h",)) if name in _included(tree, path)} - found
        found |= more
        left += sorted(more)
    return frozenset(found)


def _defines(tree: Tree, path: str, macro: str) -> bool:
    line = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+%s\b" % macro.encode(), re.MULTILINE)
    return line.search(tree.read(path) or b"") is not None


def _included(tree: Tree, path: str) -> frozenset[str]:
    """Return the generic headers of page tables that a header includes."""
    return frozenset(name.decode() for name in _INCLUDED.findall(tree.read(path) or b""))

"""Which levels of the page table an architecture has folded into the one above: what gives their tables never fails."""

from __future__ import annotations

import re

from reviewbot.contracts.outline import Outline
from reviewbot.contracts.results import treatments
from reviewbot.source.types import Tree

__all__ = ["comes_of_folded_level"]

_GIVES = re.compile(r"(p[4um]d)_(?:alloc|offset)\w*")
_INCLUDED = re.compile(rb"^[ \t]*#[ \t]*include[ \t]*[<\"]asm-generic/(pgtable-\w+\.h)[>\"]", re.MULTILINE)
_GENERIC = "include/asm-generic/"


def comes_of_folded_level(tree: Tree, arch: str, outline: Outline, variable: str) -> bool:
    """Return whether the variable takes its value from a function of a page table level that some header of the
    architecture folds: it is the entry of the level above then, and never NULL."""
    levels = {found[1] for one in treatments(outline) if one.target == variable
              and (found := _GIVES.fullmatch(one.callee))}
    return bool(arch and levels) and all(_is_folded(tree, arch, level) for level in levels)


def _is_folded(tree: Tree, arch: str, level: str) -> bool:
    macro = b"__PAGETABLE_%s_FOLDED" % level.upper().encode()
    folding = _folding(tree, macro)
    for path in tree.list_files(f"arch/{arch}/include"):
        data = (tree.read(path) or b"") if path.endswith(".h") else b""
        if re.search(rb"^[ \t]*#[ \t]*define[ \t]+%s\b" % macro, data, re.MULTILINE) or any(
                name.decode() in folding for name in _INCLUDED.findall(data)):
            return True
    return False


def _folding(tree: Tree, macro: bytes) -> frozenset[str]:
    """Return the generic headers that say that the level is folded, or include one that does."""
    texts = {name: tree.read(_GENERIC + name) or b"" for name in tree.list_folder(_GENERIC.rstrip("/"))
             if name.startswith("pgtable-") and name.endswith(".h")}
    found = {name for name, text in texts.items() if re.search(rb"#[ \t]*define[ \t]+%s\b" % macro, text)}
    while more := {name for name, text in texts.items() if name not in found and any(
            other.decode() in found for other in _INCLUDED.findall(text))}:
        found |= more
    return frozenset(found)

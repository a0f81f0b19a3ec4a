"""What the code of one Kconfig entry calls of the code that another one builds."""

from __future__ import annotations

import posixpath
import re

from reviewbot.cfacts.lexer import lines_in
from reviewbot.checks.analysis import Analysis
from reviewbot.patterns import regex
from reviewbot.source.types import Tree

__all__ = ["needed_of"]

_GLOBAL = regex(rb"^(?!static\b|typedef\b|#|EXPORT_SYMBOL)(?:[a-z]\w*[ \t*]+)+(\w{5,})\([^;]*?\)[^;{}=]*\n?\{",
                re.MULTILINE)
_MOST_FILES = 12
_COMMON = ("lib", "mm", "kernel", "kernel/dma", "kernel/irq", "drivers/base", "drivers/iommu", "drivers/pci",
           "lib/crypto", "crypto", "arch/x86/kernel", "arch/x86/mm", "arch/arm64/mm", "arch/powerpc/mm")
"""Folders whose code others select."""


def needed_of(analysis: Analysis, position: int, folder: str, entry: str, option: str) -> tuple[str, str, str] | None:
    """Return a function that only `option` builds and that the code of `entry` calls, with its place and the caller's
    file; None where there is none in sight."""
    tree = analysis.after(position).tree
    built = _built(tree, (folder, *_COMMON), f"CONFIG_{option}")
    users = _built(tree, (folder,), f"CONFIG_{entry}")
    if not built or not users:
        return None
    defined: dict[bytes, str] = {}
    for path in built[:_MOST_FILES]:
        data = tree.read(path) or b""
        for found in _GLOBAL.finditer(data):
            defined.setdefault(found[1], f"{path}:{lines_in(data).line(found.start())}")
    for path in users[:_MOST_FILES]:
        data = tree.read(path) or b""
        for found in re.finditer(rb"(?<![\w.>])(\w{5,})\(", data):
            if found[1] in defined and path not in built:
                return found[1].decode("latin-1"), defined[found[1]], path
    return None


def _built(tree: Tree, folders: tuple[str, ...], word: str) -> list[str]:
    """Return the C files that the Makefiles of some folders build for an option alone."""
    found: list[str] = []
    for path in (posixpath.join(folder, name) for folder in folders for name in ("Makefile", "Kbuild")):
        text = (tree.read(path) or b"").decode("latin-1").replace("\\\n", " ")
        for line in re.findall(rf"^[\w-]+-\$\({word}\)[ \t]*[:+]?=(.*)$", text, re.MULTILINE):
            for name in re.findall(r"([\w-]+)\.o\b", line):
                place = posixpath.join(posixpath.dirname(path), f"{name}.c")
                if tree.exists(place):
                    found.append(place)
    return found

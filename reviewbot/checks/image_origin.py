"""Where the linker puts the kernel: in the linear map of memory, or at addresses of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.values import dataclass

__all__ = ["Origin", "image_symbols", "origin_of"]

_DEFINE = regex(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(.+)$", re.MULTILINE)
_AT = regex(r"^[ \t]*\.[ \t]*=[ \t]*([^;.\n]+);", re.MULTILINE)
_COMMENT = regex(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_SECTIONS = regex(r"^SECTIONS\b", re.MULTILINE)
_NAME = regex(r"(?<!\w)[A-Za-z_]\w*")
_SYMBOL = regex(rb"^[ \t]*extern\b[^;()]*?\b(?:char|void)\b[^;()]*;", re.MULTILINE)
_ARRAY = regex(rb"\b(\w+)\s*\[\s*\]")
_LINEAR = regex(r"(?:CONFIG)?_*PAGE_OFFSET\Z")
_DEEPEST = 5
_MOST_NAMES = 500  # that are looked up for one address
_MOST_WAYS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The first address that the linker script of an architecture gives, as it stands on a line of a file; `ways` are
    the names that it comes to, one set for each way to configure the kernel."""

    file: str
    line: int
    text: str
    ways: frozenset[frozenset[str]]

    @property
    def in_linear_map(self) -> bool:
        """Return whether the image lies in the linear map however the kernel is configured."""
        return bool(self.ways) and all(any(_LINEAR.match(name) for name in way) for way in self.ways)

    @property
    def leaves_linear_map(self) -> bool:
        """Return whether the image has addresses of its own in some configuration; a bare number may be anything."""
        return any(way and not any(_LINEAR.match(name) for name in way) for way in self.ways)

    def is_only(self, names: frozenset[str]) -> bool:
        """Return whether each way to configure the kernel comes to one of these names."""
        return bool(self.ways) and all(way & names for way in self.ways)


def origin_of(tree: Tree, arch: str) -> Origin | None:
    """Return where the linker script of the architecture begins, None where it has none that can be read."""
    path = f"arch/{arch}/kernel/vmlinux.lds.S"
    data = tree.read(path)
    if data is None:
        return None
    script = data.decode("latin-1")
    plain = _COMMENT.sub(lambda hit: re.sub(r"[^\n]", " ", hit[0]), script)
    start = _SECTIONS.search(plain)
    found = _AT.search(plain, start.start() if start is not None else 0)
    if found is None:
        return None
    own = dict(_DEFINE.findall(plain))
    shown, line = found[1].strip(), plain.count("\n", 0, found.start(1)) + 1
    name = next((word for word in _NAME.findall(shown) if word in own), "")
    if name:  # the line that says it, not the one that uses it
        hit = re.search(rf"^[ \t]*#[ \t]*define[ \t]+{name}\b[ \t]+(.+)$", plain, re.MULTILINE)
        if hit is not None:
            shown, line = hit[1].strip(), plain.count("\n", 0, hit.start(1)) + 1
    folder = f"arch/{arch}/include/asm"
    headers = [(tree.read(f"{folder}/{one}") or b"").decode("latin-1") for one in tree.list_folder(folder)
               if one.endswith(".h")]
    texts = [plain, *(_COMMENT.sub("", one) for one in headers)]
    return Origin(file=path, line=line, text=shown, ways=_ways(found[1], texts))


def _ways(text: str, texts: Sequence[str]) -> frozenset[frozenset[str]]:
    """Return what an expression comes to, by the names in it, for each choice of their definitions in the texts.

    Nothing where there are too many.
    """
    defined: dict[str, list[str]] = {}
    for one in texts:
        for name, value in _DEFINE.findall(one):
            defined.setdefault(name, []).append(value)
    left = _MOST_NAMES

    def spelled(text: str, depth: int) -> frozenset[frozenset[str]]:
        nonlocal left
        ways = {frozenset[str]()}
        for name in dict.fromkeys(_NAME.findall(text)):
            left -= 1
            values = [] if depth == _DEEPEST or _LINEAR.match(name) or left < 0 else defined.get(name, [])
            mine = {frozenset({name}) | way for value in values for way in spelled(value, depth + 1)} \
                or {frozenset({name})}
            ways = {one | other for one in ways for other in mine} if len(ways) * len(mine) <= _MOST_WAYS else set()
            if left < 0 or not ways:
                left = -1
                break
        return frozenset(ways)

    found = spelled(text, 0)
    return found if left >= 0 else frozenset()


@lru_cache(maxsize=16)
def _symbols(data: bytes) -> frozenset[str]:
    return frozenset(name.decode("latin-1") for line in _SYMBOL.findall(data) for name in _ARRAY.findall(line))


def image_symbols(tree: Tree, arch: str) -> frozenset[str]:
    """Return the names by which code knows the parts of the kernel's image."""
    return frozenset().union(*(_symbols(tree.read(path) or b"") for path in (
        "include/asm-generic/sections.h", f"arch/{arch}/include/asm/sections.h", f"arch/{arch}/include/asm/pgtable.h")))

"""What a file sees of its headers, and what it no longer sees when one include goes."""

from __future__ import annotations

import posixpath
import re

from reviewbot.cfacts.lexer import identifiers, lines_in
from reviewbot.checks.arches import own_arch
from reviewbot.source.types import Tree

__all__ = ["declared_only_by", "says_struct"]

_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"\n]+)[>"]', re.MULTILINE)
_WORD = re.compile(rb"[A-Za-z_]\w{2,}")
_MADE = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)|^(?:struct|union|enum)[ \t]+(\w+)[ \t]*\{"
                   rb"|^typedef\b[^;{}\n]*?\b(\w+);|^(?![ \t#/*])[^\n;={}()]*?\b(\w+)\([^\n]*", re.MULTILINE)
_MOST_HEADERS = 900
_PLAIN = frozenset({b"defined", b"sizeof", b"return", b"static", b"inline", b"extern", b"struct", b"const", b"void"})


def declared_only_by(tree: Tree, path: str, data: bytes, header: str) -> tuple[str, str] | None:
    """Return a name that the file uses and that nothing it includes has a word of but the header that went, and where
    that is; None when there is none, or the headers are not all in sight."""
    arch = own_arch(path)
    seen = _reached(tree, path, data, arch)
    lost = _reached(tree, "", b"#include <" + header.encode() + b">\n", arch)
    if seen is None or lost is None:
        return None
    used = frozenset(word.encode() for word, _ in identifiers(data))
    known = {word for text in seen.values() for word in _WORD.findall(text)}
    wanted = used - known - _PLAIN - frozenset(
        word for found in _MADE.finditer(data) for word in found.groups() if word)
    for other, text in lost.items():
        for found in _MADE.finditer(text) if other not in seen else ():
            name = next(word for word in found.groups() if word)
            if name in wanted and not name.startswith(b"_"):
                return name.decode("latin-1"), f"{other}:{lines_in(text).line(found.start())}"
    return None


def says_struct(tree: Tree, path: str, data: bytes, name: str) -> bool:
    """Return whether the file, or anything that it includes, declares or defines a struct of that name; also True
    where the headers are not all in sight."""
    reached = _reached(tree, path, data, own_arch(path))
    said = re.compile(rb"\bstruct[ \t]+" + re.escape(name.encode()) + rb"\s*[;{]")
    return reached is None or any(said.search(text) for text in (data, *reached.values()))


def _reached(tree: Tree, path: str, data: bytes, arch: str) -> dict[str, bytes] | None:
    """Return the headers that a file reads, through others too and under any condition; None for too many."""
    found: dict[str, bytes] = {}
    waiting = [(path, data)]
    while waiting:
        here, text = waiting.pop()
        for quote, name in _INCLUDE.findall(text):
            word = name.decode("latin-1")
            for place in _places(here, word, arch, own=quote == b'"'):
                if place in found:
                    break
                read = tree.read(place)
                if read is not None:
                    if len(found) >= _MOST_HEADERS:
                        return None
                    found[place] = read
                    waiting.append((place, read))
                    break
    return found


def _places(here: str, name: str, arch: str, *, own: bool) -> list[str]:
    places = [posixpath.normpath(posixpath.join(posixpath.dirname(here), name))] if own else []
    places += [f"arch/{arch or 'x86'}/include/{name}", f"arch/{arch or 'x86'}/include/uapi/{name}", f"include/{name}",
               f"include/uapi/{name}"]
    if name.startswith("asm/"):
        places += [f"include/asm-generic/{name[4:]}", f"include/uapi/asm-generic/{name[4:]}"]
    return places

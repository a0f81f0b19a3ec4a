"""What a file sees of its headers, and what it no longer sees when one include goes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from reviewbot.cfacts.lexer import identifiers, lines_in
from reviewbot.checks.arches import own_arch
from reviewbot.patterns import regex
from reviewbot.source.matcher import names_in
from reviewbot.source.types import Tree

__all__ = ["asks_for_more", "declared_only_by", "says_struct"]

_INCLUDE = regex(rb'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"\n]+)[>"]', re.MULTILINE)
_MADE = regex(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)|^(?:struct|union|enum)[ \t]+(\w+)[ \t]*\{"
              rb"|^typedef\b[^;{}\n]*?\b(\w+);|^(?![ \t#/*])[^\n;={}()]*?\b(\w+)\([^\n]*", re.MULTILINE)
_FORWARD = regex(rb"^struct[ \t]+(\w+)[ \t]*;", re.MULTILINE)
_MOST_HEADERS = 900
_PLAIN = frozenset({b"defined", b"sizeof", b"return", b"static", b"inline", b"extern", b"struct", b"const", b"void"})


def declared_only_by(tree: Tree, path: str, data: bytes, header: str) -> tuple[str, str] | None:
    """Return a name that the file uses and that nothing it includes has a word of but the header that went, and where
    that is; None when there is none, or the headers are not all in sight."""
    arch = own_arch(path)
    lost = dict(_reached(tree, "", b"#include <" + header.encode() + b">\n", arch))
    if len(lost) > _MOST_HEADERS:
        return None
    used = frozenset(word.encode() for word, _ in identifiers(data))
    wanted = used - _PLAIN - frozenset(word for found in _MADE.finditer(data) for word in found.groups() if word)
    wanted -= frozenset(name for name in _FORWARD.findall(data) if not re.search(
        rb"\bstruct[ \t]+" + name + rb"\b(?![ \t\n]*[*;])", data))  # it is pointed at, and says so itself
    only: dict[str, tuple[str, int]] = {}
    for other, text in lost.items():
        for found in _MADE.finditer(text):
            name = next(word for word in found.groups() if word)
            if name in wanted and not name.startswith(b"_"):
                only.setdefault(name.decode("latin-1"), (other, found.start()))
    match = names_in(only)
    for number, (_, text) in enumerate(_reached(tree, path, data, arch) if only else ()):
        for word in match(text):
            only.pop(word, None)
        if not only or number >= _MOST_HEADERS:
            return None
    return next(((name, f"{other}:{lines_in(lost[other]).line(start)}") for name, (other, start) in only.items()), None)


def says_struct(tree: Tree, path: str, data: bytes, name: str) -> bool:
    """Return whether the file, or anything that it includes, declares or defines a struct of that name; also True
    where the headers are not all in sight."""
    said = re.compile(rb"\bstruct[ \t]+" + re.escape(name.encode()) + rb"\s*[;{]")
    return said.search(data) is not None or any(
        number >= _MOST_HEADERS or said.search(text)
        for number, (_, text) in enumerate(_reached(tree, path, data, own_arch(path))))


def asks_for_more(tree: Tree, path: str, before: bytes, after: bytes) -> bool:
    """Return whether a patch makes the file include a header that the tree has not, be it that a build makes it: what
    that has nobody can tell."""
    new = {*_INCLUDE.findall(after)} - {*_INCLUDE.findall(before)}
    names = [(name.decode("latin-1"), quote == b'"') for quote, name in new]
    return any(not any(tree.exists(place) for place in _places(path, name, own_arch(path), own=own))
               for name, own in names if not name.startswith("generated/"))


def _reached(tree: Tree, path: str, data: bytes, arch: str) -> Iterator[tuple[str, bytes]]:
    """Yield the headers that a file reads, through others too and under any condition; one too many tells of more."""
    found: set[str] = set()
    waiting = [(path, data)]
    while waiting and len(found) <= _MOST_HEADERS:
        here, text = waiting.pop()
        for quote, name in _INCLUDE.findall(text):
            word = name.decode("latin-1")
            for place in _places(here, word, arch, own=quote == b'"'):
                if place in found:
                    break
                read = tree.read(place)
                if read is not None:
                    found.add(place)
                    waiting.append((place, read))
                    yield place, read
                    break


def _places(here: str, name: str, arch: str, *, own: bool) -> list[str]:
    places = [posixpath.normpath(posixpath.join(posixpath.dirname(here), name))] if own else []
    places += [f"arch/{arch or 'x86'}/include/{name}", f"arch/{arch or 'x86'}/include/uapi/{name}", f"include/{name}",
               f"include/uapi/{name}"]
    if name.startswith("asm/"):
        places += [f"include/asm-generic/{name[4:]}", f"include/uapi/asm-generic/{name[4:]}"]
    return places

"""Constants of a file that stand for something else since a patch: functions that name them change with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from reviewbot.checks.values import constants_of, number_of
from reviewbot.patterns import regex
from reviewbot.review.defines import changed_defines, macro_bodies
from reviewbot.review.matching import Place
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode, is_bracketed

__all__ = ["names_constant", "put_for", "standing_for"]

_PLAIN = regex(r"[\w+*/<>()|&~ -]+")  # a number, another constant, or what is made of them
_MOST = 40  # constants of one file


def names_constant(file: PatchedFile, text: str) -> bool:
    """Return whether a function's text names a constant of the file that stands for something else now."""
    found = _changed(file.before or b"", file.after or b"")
    return any(re.search(rf"\b{name}\b", text) for name in found)


def standing_for(old: Place, new: Place) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what the constants stand for on each side, of those that the file of the two functions has on both and
    that are another number now, as far as numbers are known."""
    sides = [(place.side.tree, place.path, place.side.tree.read(place.path) or b"") for place in (old, new)]
    found = _changed(sides[0][2], sides[1][2])
    if not found:
        return {}, {}
    told = {}
    for name, bodies in found.items():
        numbers = [number_of(body, constants_of(tree, (path,)))
                   for body, (tree, path, _) in zip(bodies, sides, strict=True)]
        if None in numbers or numbers[0] != numbers[1]:
            told[name] = bodies
    return {name: one for name, (one, _) in told.items()}, {name: other for name, (_, other) in told.items()}


def put_for(text: str, bodies: Mapping[str, str]) -> str:
    """Return a text with what the constants stand for in their place."""
    if not bodies:
        return text
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, sorted(bodies)))})\b", lambda word: bodies[word[0]], text)


@lru_cache(maxsize=32)
def _changed(before: bytes, after: bytes) -> Mapping[str, tuple[str, str]]:
    """Return the constants that both have once and that stand for something else, with what that was and is."""
    if before == after or b"define" not in after:
        return {}
    sides: list[dict[str, list[str]]] = []
    for content in (before, after):
        bodies: dict[str, list[str]] = {}
        for name, text in macro_bodies(content):
            bodies.setdefault(name, []).append(text)
        sides.append(bodies)
    found = {}
    for name in sorted(changed_defines(before, after))[:_MOST]:
        old, new = sides[0].get(name, []), sides[1].get(name, [])
        if len(old) == len(new) == 1 and _PLAIN.fullmatch(old[0]) and _PLAIN.fullmatch(new[0]) \
                and not _takes_arguments(after, name) and not _takes_arguments(before, name):
            found[name] = (_whole(old[0]), _whole(new[0]))
    return found


def _takes_arguments(content: bytes, name: str) -> bool:
    return re.search(rf"#[ \t]*define[ \t]+{name}\(", decode(content)) is not None


def _whole(text: str) -> str:
    """Return a text that stays one operand wherever it is put."""
    return text if text.isidentifier() or text.isdigit() or is_bracketed(text) else f"({text})"

"""Which macros a patch changes in a file: by what they stand for, under whatever name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from reviewbot.patterns import regex
from reviewbot.text import decode, squash

__all__ = ["changed_defines", "macro_bodies", "whole_blocks"]

_DEFINE = regex(r"[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)(.*)")
_BLOCK = regex(r"[ \t]*#[ \t]*(if|endif|elif|else)")
_COMMENT = regex(r"/\*.*?(?:\*/|$)|//.*")
_WORD = regex(r"[A-Za-z_]\w*")

_Bodies = Mapping[str, tuple[tuple[int, str], ...]]


def changed_defines(before: bytes, after: bytes) -> dict[str, int]:
    """Return the macros that stood for something else before, or are gone, each with its line after the patch; a gone
    one with that before. One that only gets another name is neither, nor is one that is written with that name."""
    old, new = _defines(before), _defines(after)
    if old == new:
        return {}
    heirs = _heirs(old, new)
    found = {}
    for name, bodies in old.items():
        texts = {_named(text, heirs) for _, text in bodies}
        now = new.get(heirs.get(name, name), ())
        # Under another `#if`, or under each of several, it stands for what it stood for.
        if texts != {text for _, text in now}:
            found[name] = (now or bodies)[0][0]
    return found


def macro_bodies(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield each macro of a file with what it stands for, one under several `#if` as often."""
    for name, bodies in _defines(content).items():
        for _, text in bodies:
            yield name, text


def whole_blocks(content: bytes, lines: Collection[int]) -> frozenset[int]:
    """Return the lines of those `#if` blocks, to their `#endif`, of which all lines that say something are among these:
    nothing else stands under them, before the change or after it."""
    texts = decode(content).splitlines()
    open_blocks: list[list[int]] = []
    found: set[int] = set()
    for number, text in enumerate(texts, 1):
        hit = _BLOCK.match(text)
        if hit is None:
            continue
        if hit[1] == "if":
            open_blocks.append([number])
        elif open_blocks:
            open_blocks[-1].append(number)
            if hit[1] == "endif":
                block = open_blocks.pop()
                if all(line in lines for line in range(block[0], number + 1) if texts[line - 1].strip()):
                    found.update(block)
    return frozenset(found)


def _heirs(old: _Bodies, new: _Bodies) -> dict[str, str]:
    """Return which macro got which new name: what stands for the same, known by those that it is made of."""
    heirs: dict[str, str] = {}
    gone, fresh = [name for name in old if name not in new], [name for name in new if name not in old]
    while True:
        found = {}
        for name in gone:
            texts = sorted(_named(text, heirs) for _, text in old[name])
            same = [other for other in fresh if sorted(text for _, text in new[other]) == texts]
            if name not in heirs and len(same) == 1:
                found[name] = same[0]
        found = {name: heir for name, heir in found.items() if list(found.values()).count(heir) == 1}
        if not found:
            return heirs
        heirs |= found
        fresh = [name for name in fresh if name not in heirs.values()]


def _named(text: str, heirs: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: heirs.get(word[0], word[0]), text) if heirs else text


@lru_cache(maxsize=32)
def _defines(data: bytes) -> _Bodies:
    """Return what each macro stands for, under every `#if`, with its line."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, text in _joined(decode(data)):
        hit = _DEFINE.match(text)
        if hit is not None:
            found.setdefault(hit[1], []).append((number, squash(_COMMENT.sub(" ", hit[2]))))
    return {name: tuple(bodies) for name, bodies in found.items()}


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Yield the directives of a text, each with its first line; what goes on behind a backslash belongs to it."""
    start, parts = 0, [""]
    for number, line in enumerate(text.splitlines(), 1):
        if not start and not line.lstrip().startswith("#"):
            continue
        if not start:
            start, parts = number, []
        parts.append(line.rstrip().removesuffix("\\"))
        if not line.rstrip().endswith("\\"):
            yield start, " ".join(parts)
            start = 0

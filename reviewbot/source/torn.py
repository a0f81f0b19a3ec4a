"""Which functions of a file are of a later time than the patch: the tree has a part of what the hunks do already."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.series.types import Hunk
from reviewbot.source.alignment import FileLines, file_lines, heading_name, key_of
from reviewbot.source.doubles import definitions
from reviewbot.source.lines import as_bytes
from reviewbot.source.merging import Merge
from reviewbot.text import decode

__all__ = ["changed_lines", "torn_functions"]

_TELLING = 6  # characters: shorter lines stand in any function


def torn_functions(merged: Merge, hunks: Sequence[Hunk], taken: frozenset[int]) -> frozenset[str]:
    """Return the functions that hunks without a certain place change, and that do not stand as these hunks found them.

    What was `taken` out of the tree went back where it had been.
    """
    file = file_lines(merged.before)
    found: set[bytes] = set()
    for number, hunk in enumerate(hunks):
        if number in taken or (number in merged.placed and merged.placed[number].how != "merged"):
            continue
        lost, come = changed_lines(hunk, old=True), changed_lines(hunk, old=False)
        found |= {name for name in lost.keys() | come.keys()
                  if number not in merged.placed or not _stands_as_before(
                      file, name, lost.get(name, set()), come.get(name, set()))}
    return frozenset(decode(name) for name in found)


def changed_lines(hunk: Hunk, *, old: bool) -> dict[bytes, set[bytes]]:
    """Return the changed lines of one side of a hunk by the function that they stand in."""
    lines = [line for line in hunk.lines if line.kind != ("+" if old else "-")]
    texts = [as_bytes(line.text) for line in lines]
    heads = {place: name for (kind, name, _), places in definitions(texts).items() if kind == "function"
             for place in places}
    section = as_bytes(hunk.section).strip()
    owner = heading_name(section) if b"(" in section and not section.endswith(b";") else b""
    found: dict[bytes, set[bytes]] = {}
    for number, (line, text) in enumerate(zip(lines, texts, strict=True)):
        if number in heads:
            owner = heads[number]
        elif owner not in heads.values() and re.match(rb"[A-Za-z_/](?!\w*:(?!:))", text):
            owner = b""  # the function that the header names ended above the hunk
        if owner and line.kind != " " and text.strip():
            found.setdefault(owner, set()).add(key_of(text))
        if text.startswith(b"}"):
            owner = b""
    return found


def _stands_as_before(file: FileLines, name: bytes, lost: set[bytes], come: set[bytes]) -> bool:
    """Return whether the one function of that name has all lines that are to go, and none of those that are to come."""
    span = file.span(name + b"()")
    there = set(file.keys[span[0]:span[1]]) if span is not None else set()
    return lost <= there and any(len(line) >= _TELLING for line in lost) and not any(
        line in there for line in come - lost if len(line) >= _TELLING)

"""Hunks of Kconfig files and Makefiles, where the order of lines says little: they are placed by their entry."""

from __future__ import annotations

from itertools import zip_longest

from reviewbot.patterns import regex
from reviewbot.source.alignment import FileLines, key_of
from reviewbot.source.doubles import ENTRY
from reviewbot.source.lines import as_bytes
from reviewbot.source.placing import Block, Edit, Lines, Placement

__all__ = ["find_in_kbuild", "place_in_kbuild"]

_PROPERTY = regex(rb"\s+(?:select|imply|depends\s+on|def_bool|default)\b")
_OBJECT = regex(rb"[\w-]+-(?:y|m|\$\(.*\)|objs)\s*[+:]?=|(?:CFLAGS|KASAN|KCOV|KCSAN|UBSAN|OBJECT)\w*\.o\s*:?=")
_SURE = 0.75


def place_in_kbuild(hunk: Lines, file: FileLines, path: str) -> Placement | None:
    """Return where the hunk of a Kconfig file or Makefile goes when its neighbours are not there, None if unclear."""
    name = path.rsplit("/", 1)[-1]
    if name.startswith("Kconfig"):
        edits = [_in_kconfig(hunk, block, file) for block in hunk.blocks]
    elif name.startswith(("Makefile", "Kbuild")):
        edits = [_in_makefile(block, file) for block in hunk.blocks]
    else:
        return None
    fit = [edit for found in edits if found is not None for edit in found]
    if any(found is None for found in edits) or not fit:
        return None
    keys = [key_of(line) for line in hunk.old]
    return Placement(edits=tuple(sorted(fit, key=lambda edit: (edit.start, edit.stop))), how="merged", sure=_SURE,
                     fitting=sum(key in file.positions for key in keys), lines=len(keys))


def find_in_kbuild(hunk: Lines, file: FileLines, path: str) -> Placement | None:
    """Return the edits that take out what the hunk adds, where the entry or the Makefile has each line of it already.

    None when it does not, or when the hunk does more than add lines whose order says nothing.
    """
    name = path.rsplit("/", 1)[-1]
    edits: list[Edit] = []
    for block in hunk.blocks:
        if name.startswith("Kconfig"):
            heading = _heading(hunk, block)
            span = file.span(heading) if ENTRY.match(heading) else None
            alone = all(_PROPERTY.match(line) for line in block.added)
        else:
            span = (0, len(file.lines)) if name.startswith(("Makefile", "Kbuild")) else None
            alone = all(_OBJECT.match(line) and b"+=" in line and not line.endswith(b"\\") for line in block.added)
        found = _removals(block.added, file, *span) if span is not None and alone and not block.removed else None
        if not found:
            return None
        edits += found
    if not edits:
        return None
    return Placement(edits=tuple(sorted(edits, key=lambda edit: edit.start)), how="merged", sure=_SURE,
                     fitting=len(edits), lines=len(edits))


def _heading(hunk: Lines, block: Block) -> bytes:
    """Return the line that begins the Kconfig entry which the block is in."""
    shown = next((line for line in reversed(hunk.old[:block.first]) if ENTRY.match(line)), None)
    return shown if shown is not None else as_bytes(hunk.section)


def _removals(lines: tuple[bytes, ...], file: FileLines, start: int, stop: int) -> list[Edit] | None:
    """Return the edits that take the lines out of [start, stop), None unless each stands there once."""
    edits = []
    for line in lines:
        found = [place for place in file.positions.get(key_of(line), ()) if start <= place < stop]
        if len(found) != 1:
            return None
        edits.append(Edit(start=found[0], stop=found[0] + 1, new=()))
    return edits


def _in_kconfig(hunk: Lines, block: Block, file: FileLines) -> list[Edit] | None:
    section = _heading(hunk, block)
    own = [line for line in (*block.added, *block.removed) if line.strip()]
    if not own:
        return None
    if not block.removed and ENTRY.match(own[0]):
        at = _between_entries(hunk, block, file)
        return [Edit(start=at, stop=at, new=_set_apart(block.added, file, at))]
    if not ENTRY.match(section) or not all(_PROPERTY.match(line) for line in own):
        return None
    span = file.span(section)
    if span is None:
        return None
    edits = _removals(block.removed, file, *span)
    if edits is None:
        return None
    if block.added:
        beside = _beside(hunk, block, file, span)
        if beside is None:
            return None
        edits.append(Edit(start=beside, stop=beside, new=block.added))
    return edits


def _between_entries(hunk: Lines, block: Block, file: FileLines) -> int:
    """Return where a new entry goes: in front of what begins behind it in the hunk, or behind the entry in front of it,
    where the file has that once; at its end where it has neither."""
    for line in hunk.old[block.first + len(block.removed):]:
        places = file.positions.get(key_of(line), ())
        if line[:1].strip() and len(places) == 1:
            return places[0]
    ahead = _heading(hunk, block)
    span = file.span(ahead) if ENTRY.match(ahead) else None
    return span[1] if span is not None else len(file.lines)


def _set_apart(lines: tuple[bytes, ...], file: FileLines, at: int) -> tuple[bytes, ...]:
    """Return the lines with an empty one on each side on which the file has none."""
    shown = [number for number, line in enumerate(lines) if line.strip()]
    ahead = [b""] if at and file.lines[at - 1].strip() else []
    behind = [b""] if at < len(file.lines) and file.lines[at].strip() else []
    return (*ahead, *lines[shown[0]:shown[-1] + 1], *behind)


def _beside(hunk: Lines, block: Block, file: FileLines, span: tuple[int, int]) -> int | None:
    """Return where lines of an entry go: next to the nearest line of the hunk that the entry has once, else behind its
    last property; None where it has none."""
    before = reversed(hunk.old[:block.first])
    behind = hunk.old[block.first + len(block.removed):]
    for line, further in [pair for both in zip_longest([(one, 1) for one in before], [(one, 0) for one in behind])
                          for pair in both if pair is not None]:
        places = [place for place in file.positions.get(key_of(line), ()) if span[0] < place < span[1]]
        if _PROPERTY.match(line) and len(places) == 1:
            return places[0] + further
    last = next((number for number in range(span[1] - 1, span[0], -1) if _PROPERTY.match(file.lines[number])), None)
    return None if last is None else last + 1


def _in_makefile(block: Block, file: FileLines) -> list[Edit] | None:
    own = [line for line in (*block.added, *block.removed) if line.strip()]
    if not own or not all(_OBJECT.match(line) and not line.endswith(b"\\") for line in own):
        return None
    edits = _removals(block.removed, file, 0, len(file.lines))
    if edits is None:
        return None
    if block.added:
        at = edits[0].start if edits else len(file.lines)
        if edits:
            edits[0] = Edit(start=at, stop=at + 1, new=block.added)
        else:
            edits.append(Edit(start=at, stop=at, new=block.added))
    return edits

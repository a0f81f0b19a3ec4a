"""What a file has of a hunk, told by the lines that the hunk changes alone, whatever stands around them.

A block that a hunk adds is there when it stands whole, once, in the function that it belongs to, and what it replaces
does not. Lines that a hunk takes away are gone when none stands in their function and the rest of the hunk does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from reviewbot.patterns import regex
from reviewbot.source.alignment import TELLING, FileLines, heading_name, key_of, runs_of
from reviewbot.source.lines import as_bytes
from reviewbot.source.placing import Block, Edit, Lines, Placement, begins_function, code_of, place
from reviewbot.values import dataclass

__all__ = ["around", "is_gone", "put_back", "stands"]

_TELLS = 12  # characters: shorter lines stand in any file
_MANY = 3  # telling lines that need no neighbour
_NAME = regex(rb"[A-Za-z_]\w{2,}")
_PLAIN = frozenset({b"return", b"goto", b"else", b"void", b"struct", b"static", b"const", b"unsigned", b"long", b"int",
                    b"sizeof", b"for", b"while", b"switch", b"case", b"break", b"inline", b"bool", b"char", b"NULL",
                    b"endif", b"define", b"err", b"ret", b"the"})
_CONTEXT = 3
_FARTHEST = 60  # lines between two changes of one hunk


@dataclass(frozen=True, slots=True, kw_only=True)
class _Home:
    """The lines [start, stop) of the file that a block is looked for in: a function or a type, or all of them."""

    start: int
    stop: int
    whole: bool


def stands(hunk: Lines, file: FileLines) -> Placement | None:
    """Return the edits that take out of the file what the hunk adds, None where it does not surely have all of it.

    Of changes that only take lines away there is nothing to take out.
    """
    edits = []
    for block in hunk.blocks:
        home = _home(hunk, block, file)
        if home is None or _left(block, file, home):
            return None
        if not block.added:
            if home.whole or not _tells(block.removed, file):
                return None
            continue
        start = _run(hunk, block, file, home)
        if start is None:
            return None
        edits.append(Edit(start=start, stop=start + len(block.added), new=block.removed))
    if not edits or any(later.start < former.stop for former, later in pairwise(edits)):
        return None
    if place(hunk, file) is not None:
        return None  # it goes there once more
    fitting = sum(key_of(line) in file.positions for line in hunk.old)
    return Placement(edits=tuple(edits), how="merged", sure=0.9, fitting=fitting, lines=len(hunk.old))


def is_gone(hunk: Lines, file: FileLines) -> bool:
    """Return whether the hunk only takes lines away that are gone, where the rest of it stands.

    They are gone from the function that it names, or from all of the file where the rest stands in another function or
    outside of any. That they were there once is not said.
    """
    if any(block.added for block in hunk.blocks) or not hunk.blocks:
        return False
    homes = [_home(hunk, block, file) for block in hunk.blocks]
    if not all(_tells(block.removed, file) for block in hunk.blocks):
        return False
    named = {home for home in homes if home is not None}
    if len(named) == 1 and None not in homes:
        [home] = named
        if not any(_left(block, file, home) for block in hunk.blocks) and _surrounds(hunk, file, home):
            return True
    everything = _Home(start=0, stop=len(file.lines), whole=True)
    return not any(_left(block, file, everything) for block in hunk.blocks) and any(
        _surrounds(hunk, file, home) for home in _functions(file))


def _functions(file: FileLines) -> Iterator[_Home]:
    """Yield the functions of the file."""
    for number in file.headings:
        line = file.lines[number]
        span = file.span(line) if begins_function(line) else None
        if span is not None and span[0] == number:
            yield _Home(start=span[0], stop=span[1], whole=False)


def _surrounds(hunk: Lines, file: FileLines, home: _Home) -> bool:
    """Return whether most of what the hunk shows around its changes stands there, whatever words of the language and
    brackets are beside its names."""
    changed = {number for block in hunk.blocks for number in range(block.first, block.first + len(block.removed))}
    have = {_names(line) for line in file.lines[home.start:home.stop]}
    shown = [names for number, line in enumerate(hunk.old) if number not in changed and (names := _names(line))
             and _is_of(hunk, number, hunk.blocks[0])]
    there = [names for names in shown if names in have]
    return 2 * len(there) > len(shown) and any(len(name) >= _TELLS for names in there for name in names)


def _names(line: bytes) -> frozenset[bytes]:
    """Return the names of a line that tell: not those of every function."""
    return frozenset(name for name in _NAME.findall(line) if name not in _PLAIN)


def around(edits: Sequence[Edit], lines: Sequence[bytes], like: Lines) -> Lines | None:
    """Return a hunk that makes these edits of the lines, with what the file has around them; None if they lie too far
    apart for one."""
    ordered = sorted(edits, key=lambda edit: edit.start)
    first, last = max(0, ordered[0].start - _CONTEXT), min(len(lines), ordered[-1].stop + _CONTEXT)
    if last - first > _FARTHEST + sum(edit.stop - edit.start for edit in ordered):
        return None
    blocks = tuple(Block(first=edit.start - first, removed=tuple(lines[edit.start:edit.stop]), added=edit.new)
                   for edit in ordered)
    return Lines(old=tuple(lines[first:last]), blocks=blocks, section=like.section, near=first)


def put_back(hunk: Lines, file: FileLines) -> Placement | None:
    """Return where a hunk goes that has the file's own surroundings: there, while these are as they were."""
    starts = runs_of([key_of(line) for line in hunk.old], file)
    if len(starts) != 1:
        return place(hunk, file)
    [start] = starts
    edits = tuple(Edit(start=start + block.first, stop=start + block.first + len(block.removed), new=block.added)
                  for block in hunk.blocks)
    return Placement(edits=edits, how="exact", sure=1.0, fitting=len(hunk.old), lines=len(hunk.old))


def _home(hunk: Lines, block: Block, file: FileLines) -> _Home | None:
    """Return where the block belongs, None where the file does not have just one such function."""
    begins = next((line for line in (*block.removed, *block.added) if line.strip()), b"")
    everything = _Home(start=0, stop=len(file.lines), whole=True)
    if begins[:1] not in b" \t":
        return everything
    section = as_bytes(hunk.section)
    for line in reversed(hunk.old[:block.first]):
        if line.startswith(b"}"):
            return everything
        if begins_function(line):
            section = line
            break
    if b"(" not in section or not heading_name(section):
        return None
    span = file.span(section)
    return _Home(start=span[0], stop=span[1], whole=False) if span is not None else None


def _is_of(hunk: Lines, number: int, block: Block) -> bool:
    """Return whether a line of the hunk's old side is of the same function as the block, as the hunk shows it."""
    step = range(number, block.first) if number < block.first else range(block.first + len(block.removed), number)
    return not any(hunk.old[between].startswith(b"}") for between in step)


def _depth(line: bytes) -> int:
    """Return how far a line is indented, in columns; 0 for an empty one."""
    text = line.expandtabs(8)
    return len(text) - len(text.lstrip()) if text.strip() else 0


def _telling(lines: Sequence[bytes], file: FileLines) -> list[bytes]:
    return [key for line in code_of(lines) if len(key := key_of(line)) >= _TELLS and file.weight(key) >= TELLING / 2]


def _tells(lines: Sequence[bytes], file: FileLines) -> bool:
    return bool(_telling(lines, file))


def _left(block: Block, file: FileLines, home: _Home) -> bool:
    """Return whether a telling line that the block takes away, and does not bring again, stands there."""
    brought = {key_of(line) for line in block.added}
    inside = file.keys[home.start:home.stop]
    return any(key in inside for key in _telling(block.removed, file) if key not in brought)


def _run(hunk: Lines, block: Block, file: FileLines, home: _Home) -> int | None:
    """Return where the block's added lines stand one after the other, None unless once and with enough to tell."""
    keys = [key_of(line) for line in block.added]
    starts = [start for start in runs_of(keys, file) if home.start <= start and start + len(keys) <= home.stop]
    telling = len(set(_telling(block.added, file)))
    if len(starts) != 1 or not telling:
        return None
    [start] = starts
    if any(_depth(line) != _depth(there) for line, there in zip(block.added, file.lines[start:], strict=False)):
        return None  # the tree has them under something else
    if telling >= _MANY:
        return start
    beside = [(number, at) for number, at in ((block.first - 1, start - 1), (
        block.first + len(block.removed), start + len(keys)))
        if 0 <= number < len(hunk.old) and 0 <= at < len(file.keys) and key_of(hunk.old[number]) == file.keys[at]]
    framed = len(beside) == 2 and _tells(block.removed, file)
    return start if framed or any(file.weight(file.keys[at]) >= TELLING for _, at in beside) else None

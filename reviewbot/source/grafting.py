"""Where a hunk goes whose lines the tree has in other words: between the lines that frame it, in their stead.

The tree's lines between the frame are another state of those that the hunk changes, from before or behind it. There the
hunk's own lines stand for them, on both sides of the patch. This is less sure than any other place, and is told so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.source.alignment import TELLING, Alignment, FileLines, find_alignments, key_of
from reviewbot.source.alike import likeness, with_alike
from reviewbot.source.doubles import definitions, doubled
from reviewbot.source.lines import as_bytes
from reviewbot.source.placing import (
    Block,
    Edit,
    Lines,
    Placement,
    in_order,
    is_told,
    lies_inside,
    try_block,
    worth_of,
)
from reviewbot.values import dataclass

__all__ = ["SURE", "depth_of", "graft", "is_brought"]

SURE = 0.5
"""How sure a place is that rests on its frame alone."""

_MORE = 6  # lines that the tree may have more between the frame than the hunk
_CLEARLY = 0.8  # another place must be worse than this part of the best one
_LIKE = 0.5  # how alike the tree's lines must be to those that the hunk takes or brings
_UNMISTAKABLE = 0.75  # the same, where nothing telling frames them or they are many more
_ALIKE = 0.6  # how sure a place is beside lines that are only alike
_SHARE = 0.6  # of the weight of the hunk's context must stand there
_SHORT = 6  # characters: shorter lines stand in any function
_NAME = re.compile(rb"[A-Za-z_]\w{2,}")
_PLAIN = frozenset({b"if", b"int", b"for", b"the", b"and", b"NULL", b"return", b"goto", b"else", b"void", b"struct",
                    b"static", b"const", b"unsigned", b"long", b"sizeof", b"define", b"endif", b"ifdef", b"include",
                    b"err", b"ret", b"inline", b"bool", b"char", b"extern"})
_NEST = re.compile(rb"[ \t]*#[ \t]*(if|ifdef|ifndef|endif)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What the file has between the two lines that a block stands between in the hunk: lines [start, stop)."""

    start: int
    stop: int


def graft(hunk: Lines, file: FileLines) -> Placement | None:
    """Return where the hunk goes when some of its lines stand in other words there, None if that is not clear.

    `stock` of the placement has what the file is to be before the patch, in the same lines as some of the edits.
    """
    if not hunk.blocks:
        return None
    section = as_bytes(hunk.section)
    found = [with_alike(hunk, one, file) for one in find_alignments(
        [key_of(line) for line in hunk.old], file, near=hunk.near, section=section)]
    ranked = sorted(((worth_of(one, file, section), one) for one in found),
                    key=lambda pair: (-pair[0], abs(pair[1].first - hunk.near)))
    grafted = [(worth, one, placed) for worth, one in ranked
               if _is_good(hunk, one, file, section) and (placed := _grafted(hunk, one, file)) is not None]
    if not grafted:
        return None
    worth, one, placed = grafted[0]
    apart = [other for value, other in ranked if value >= _CLEARLY * worth
             and not (one.first <= other.last and other.first <= one.last)]
    return None if apart else placed


def is_brought(placed: Placement, lines: Sequence[bytes]) -> bool:
    """Return whether what the file has in these places is another form of what the hunk brings: it is more like that
    than like what the hunk takes, and has names of it."""
    news = {(edit.start, edit.stop): edit.new for edit in placed.edits}
    return bool(placed.stock) and all(_is_brought(lines[edit.start:edit.stop], edit.new, news[edit.start, edit.stop])
                                      for edit in placed.stock)


def _is_brought(have: Sequence[bytes], taken: Sequence[bytes], brought: Sequence[bytes]) -> bool:
    return bool(_names(have) & (_names(brought) - _names(taken))) \
        and likeness(have, brought) > likeness(have, taken)


def _is_good(hunk: Lines, one: Alignment, file: FileLines, section: bytes) -> bool:
    """Return whether the lines around the changes are those of the hunk, in what its header names."""
    changed = {number for block in hunk.blocks for number in range(block.first, block.first + len(block.removed))}
    weights = [(file.weight(key_of(line)), one.at[number] is not None)
               for number, line in enumerate(hunk.old) if number not in changed]
    total = sum(weight for weight, _ in weights)
    share = sum(weight for weight, stands in weights if stands) / total if total else 0.0
    inside = lies_inside(one, file, section)
    if inside:
        return share >= _SHARE and one.told >= TELLING
    if inside is False and file.span(section) is not None:
        return share >= 0.9 and one.told >= 2.0
    return share >= 0.75 and one.told >= 1.5


def _grafted(hunk: Lines, one: Alignment, file: FileLines) -> Placement | None:
    edits: list[Edit] = []
    stock: list[Edit] = []
    for block in hunk.blocks:
        frame = None if block.removed else _frame(hunk, block, one, file)
        if frame is None or frame.start == frame.stop:
            result = try_block(hunk, block, one, file)
            if result is not None:
                edits.append(result[0])
                continue
            frame = _frame(hunk, block, one, file)
        if frame is None or (not block.removed and frame.start == frame.stop):
            return None
        edits.append(Edit(start=frame.start, stop=frame.stop, new=block.added))
        stock.append(Edit(start=frame.start, stop=frame.stop, new=block.removed))
    if not in_order(hunk, edits, file) or (stock and _defines(stock, edits, file)):
        return None
    fitting = sum(place is not None for place in one.at)
    return Placement(edits=tuple(edits), how="grafted" if stock else "merged", sure=SURE if stock else _ALIKE,
                     fitting=fitting, lines=len(hunk.old), stock=tuple(stock))


def _frame(hunk: Lines, block: Block, one: Alignment, file: FileLines) -> _Frame | None:
    """Return what stands between the hunk's lines above and below the block, None when it is not surely its like."""
    above, below = block.first - 1, block.first + len(block.removed)
    over = one.at[above] if above >= 0 else None
    under = one.at[below] if below < len(one.at) else None
    if over is None or under is None:
        return None
    have = file.lines[over + 1:under]
    told = is_told(hunk, one, file, above, -1) + is_told(hunk, one, file, below, 1)
    like = max((likeness(have, lines) for lines in (block.removed, block.added)
                if lines and _names(have) & _names(lines)), default=0.0)
    if len(have) > max(len(block.removed), len(block.added)) + _MORE and like < _UNMISTAKABLE:
        return None
    enough = _UNMISTAKABLE if told == 0 else _LIKE
    if (have or told < 2) and like < enough:
        return None
    if _lies_beside(block, file, over + 1, under):
        return None
    return _Frame(start=over + 1, stop=under)


def _names(lines: Sequence[bytes]) -> set[bytes]:
    return {name for line in lines for name in _NAME.findall(line)} - _PLAIN


def _lies_beside(block: Block, file: FileLines, start: int, stop: int) -> bool:
    """Return whether what the block takes or brings stands close by, outside of the frame: then the tree moved it."""
    reach = range(start - 25, stop + 25)
    for lines in (block.removed, block.added):
        telling = [key for key in map(key_of, lines) if len(key) >= _SHORT and file.weight(key) >= TELLING / 2]
        beside = [key for key in telling if any(place in reach and not start <= place < stop
                                                for place in file.positions.get(key, ()))]
        if beside and 2 * len(beside) >= len(telling):
            return True
    return False


def depth_of(placed: Placement, lines: Sequence[bytes]) -> tuple[int, int, int]:
    """Return how many more braces, parentheses and conditionals the stock of a placement leaves open than the file's
    lines that it stands for."""
    shift = [0, 0, 0]
    for edit in placed.stock:
        for sign, texts in ((1, edit.new), (-1, lines[edit.start:edit.stop])):
            text = b"\n".join(texts)
            shift[0] += sign * (text.count(b"{") - text.count(b"}"))
            shift[1] += sign * (text.count(b"(") - text.count(b")"))
            nests = [hit[1] for line in texts if (hit := _NEST.match(line))]
            shift[2] += sign * (len(nests) - 2 * nests.count(b"endif"))
    return shift[0], shift[1], shift[2]


def _defines(stock: Sequence[Edit], edits: Sequence[Edit], file: FileLines) -> bool:
    """Return whether a definition of the tree would be lost that the hunk does not bring, or come to stand twice."""
    before, after = _with(stock, file), _with(edits, file)
    lost = {name[:2] for name in definitions(file.lines) if name[0] != "local"} - {
        name[:2] for lines in (before, after) for name in definitions(lines)}
    return bool(lost) or bool(doubled(file.lines, before))


def _with(edits: Sequence[Edit], file: FileLines) -> list[bytes]:
    lines = list(file.lines)
    for edit in sorted(edits, key=lambda one: (one.start, one.stop), reverse=True):
        lines[edit.start:edit.stop] = edit.new
    return lines

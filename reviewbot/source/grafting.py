"""Where a hunk goes whose lines the tree has in other words: between the lines that frame it, in their stead.

The tree's lines between the frame are another state of those that the hunk changes, from before or behind it. There the
hunk's own lines stand for them, on both sides of the patch. This is less sure than any other place, and is told so.
"""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.patterns import regex
from reviewbot.source.alignment import TELLING, Alignment, FileLines, find_alignments, key_of, runs_of
from reviewbot.source.alike import Likes, with_alike
from reviewbot.source.doubles import definitions, doubled
from reviewbot.source.lines import as_bytes
from reviewbot.source.placing import (
    Block,
    Edit,
    Lines,
    Placement,
    hangs_on_other,
    in_order,
    is_told,
    lies_inside,
    try_block,
    worth_of,
)
from reviewbot.values import dataclass

__all__ = ["SURE", "depth_of", "graft", "is_brought", "place_by_own_lines"]

SURE = 0.5
"""How sure a place is that rests on its frame alone."""

_MORE = 6  # lines that the tree may have more between the frame than the hunk
_CLEARLY = 0.8  # another place must be worse than this part of the best one
_LIKE = 0.5  # how alike the tree's lines must be to those that the hunk takes or brings
_UNMISTAKABLE = 0.75  # the same, where nothing telling frames them or they are many more
_ALIKE = 0.6  # how sure a place is beside lines that are only alike
_SHARE = 0.6  # of the weight of the hunk's context must stand there
_ONE_SIDE = 1.5  # the weight of the lines of one side, where the file has nothing of the other
_SIGHT = 6  # lines within which a line of the hunk must stand beside those that it takes
_BESIDE = 2  # lines beside the change that the file need not have
_SHORT = 6  # characters: shorter lines stand in any function
_NAME = regex(rb"[A-Za-z_]\w{2,}")
_PLAIN = frozenset({b"if", b"int", b"for", b"the", b"and", b"NULL", b"return", b"goto", b"else", b"void", b"struct",
                    b"static", b"const", b"unsigned", b"long", b"sizeof", b"define", b"endif", b"ifdef", b"include",
                    b"err", b"ret", b"inline", b"bool", b"char", b"extern"})
_NEST = regex(rb"[ \t]*#[ \t]*(if|ifdef|ifndef|endif)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What the file has between two lines that a block stands between in the hunk: lines [start, stop), and what the
    hunk has between them, `old` and `new`."""

    start: int
    stop: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


def graft(hunk: Lines, file: FileLines, likes: Likes) -> Placement | None:
    """Return where the hunk goes when some of its lines stand in other words there, None if that is not clear.

    `stock` of the placement has what the file is to be before the patch, in the same lines as some of the edits.
    """
    if not hunk.blocks:
        return None
    section = as_bytes(hunk.section)
    found = [with_alike(hunk, one, file, likes) for one in find_alignments(
        [key_of(line) for line in hunk.old], file, near=hunk.near, section=section)]
    ranked = sorted(((worth_of(one, file, section), one) for one in found),
                    key=lambda pair: (-pair[0], abs(pair[1].first - hunk.near)))
    grafted = [(worth, one, placed) for worth, one in ranked
               if (_is_good(hunk, one, file, section) or _has_one_side(hunk, one, file, section))
               and (placed := _grafted(hunk, one, file, likes)) is not None]
    if not grafted:
        return None
    worth, one, placed = grafted[0]
    apart = [other for value, other in ranked if value >= _CLEARLY * worth
             and not (one.first <= other.last and other.first <= one.last)]
    return None if apart else placed


def is_brought(placed: Placement, lines: Sequence[bytes], likes: Likes) -> bool:
    """Return whether what the file has in these places is another form of what the hunk brings: it is more like that
    than like what the hunk takes, and has names of it."""
    news = {(edit.start, edit.stop): edit.new for edit in placed.edits}
    return bool(placed.stock) and all(_is_brought(lines[edit.start:edit.stop], edit.new, news[edit.start, edit.stop],
                                                  likes) for edit in placed.stock)


def _is_brought(have: Sequence[bytes], taken: Sequence[bytes], brought: Sequence[bytes], likes: Likes) -> bool:
    return bool(_names(have) & (_names(brought) - _names(taken))) \
        and likes.of_texts(have, brought) > likes.of_texts(have, taken)


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


def _has_one_side(hunk: Lines, one: Alignment, file: FileLines, section: bytes) -> bool:
    """Return whether lines are only added, and all that the hunk shows on one side of them stands in the file as in the
    hunk, in what its header names."""
    if len(hunk.blocks) > 1 or hunk.blocks[0].removed or not lies_inside(one, file, section):
        return False
    for side in (range(hunk.blocks[0].first), range(hunk.blocks[0].first, len(hunk.old))):
        places = [one.at[number] for number in side]
        if len(places) > 1 and places[0] is not None and places == list(range(places[0], places[0] + len(places))) \
                and sum(file.weight(key_of(hunk.old[number])) for number in side) >= _ONE_SIDE:
            return True
    return False


def place_by_own_lines(hunk: Lines, file: FileLines) -> Placement | None:
    """Return where the hunk goes when the lines that each of its changes takes stand in the file, once: in what its
    header names, or beginning something themselves; whatever stands around them."""
    edits: list[Edit] = []
    for block in hunk.blocks:
        keys = [key_of(line) for line in block.removed]
        starts = runs_of(keys, file) if keys else []
        if len(starts) != 1 or sum(file.weight(key) for key in keys) < 1.0:
            return None
        if not _is_its(hunk, block, starts[0], file) or hangs_on_other(hunk, block, file, starts[0]):
            return None
        edits.append(Edit(start=starts[0], stop=starts[0] + len(keys), new=block.added))
    if not edits or not in_order(hunk, edits, file):
        return None
    fitting = sum(key_of(line) in file.positions for line in hunk.old)
    return Placement(edits=tuple(edits), how="merged", sure=_ALIKE, fitting=fitting, lines=len(hunk.old))


def _is_its(hunk: Lines, block: Block, start: int, file: FileLines) -> bool:
    """Return whether the lines at `start` are those that the block takes: outside of any function, or in the one that
    the hunk shows or names, beside a telling line of the hunk."""
    first = next((line for line in block.removed if line.strip()), b"")
    if not first[:1].isspace() and not file.in_body(start):
        return True
    if file.within(start, as_bytes(hunk.section)) is not True:
        return False
    reach = range(start - _SIGHT, start + len(block.removed) + _SIGHT)
    own = set(range(start, start + len(block.removed)))
    return any(file.weight(key_of(line)) >= TELLING and any(
        place in reach and place not in own for place in file.positions.get(key_of(line), ())) for line in hunk.old)


def _grafted(hunk: Lines, one: Alignment, file: FileLines, likes: Likes) -> Placement | None:
    edits: list[Edit] = []
    stock: list[Edit] = []
    for block in hunk.blocks:
        frame = None if block.removed else _frame(hunk, block, one, file, likes)
        if frame is None or frame.start == frame.stop:
            result = try_block(hunk, block, one, file)
            if result is not None:
                edits.append(result[0])
                continue
            frame = _frame(hunk, block, one, file, likes)
        if frame is None or (not frame.old and frame.start == frame.stop):
            return None
        edits.append(Edit(start=frame.start, stop=frame.stop, new=frame.new))
        stock.append(Edit(start=frame.start, stop=frame.stop, new=frame.old))
    if not in_order(hunk, edits, file) or (stock and _defines(stock, edits, file)):
        return None
    fitting = sum(place is not None for place in one.at)
    return Placement(edits=tuple(edits), how="grafted" if stock else "merged", sure=SURE if stock else _ALIKE,
                     fitting=fitting, lines=len(hunk.old), stock=tuple(stock))


def _frame(hunk: Lines, block: Block, one: Alignment, file: FileLines, likes: Likes) -> _Frame | None:
    """Return what stands between the hunk's lines above and below the block, None when it is not surely its like."""
    end = block.first + len(block.removed)
    above, below = _nearest(hunk, one, block.first - 1, -1), _nearest(hunk, one, end, 1)
    if above is None or below is None:
        return None
    over, under = one.at[above], one.at[below]
    assert over is not None
    assert under is not None
    if any(_indent(hunk.old[number]) != _indent(file.lines[at]) for number, at in ((above, over), (below, under))):
        return None  # the tree has them at another depth: what is between them there is no like of the hunk's
    have = file.lines[over + 1:under]
    lead, rest = hunk.old[above + 1:block.first], hunk.old[end:below]
    old, new = (*lead, *block.removed, *rest), (*lead, *block.added, *rest)
    told = is_told(hunk, one, file, above, -1) + is_told(hunk, one, file, below, 1)
    like = max((likes.of_texts(have, lines) for lines in (old, new) if lines and _names(have) & _names(lines)),
               default=0.0)
    if len(have) > max(len(old), len(new)) + _MORE and like < _UNMISTAKABLE:
        return None
    if (have or told < 2 or lead or rest) and like < (_UNMISTAKABLE if told == 0 else _LIKE):
        return None
    if _lies_beside(block, file, over + 1, under):
        return None
    return _Frame(start=over + 1, stop=under, old=old, new=new)


def _indent(line: bytes) -> bytes:
    return line[:len(line) - len(line.lstrip())] if line.strip() else b""


def _nearest(hunk: Lines, one: Alignment, index: int, step: int) -> int | None:
    """Return the first unchanged line of the hunk from this one on that stands in the file, None if none is near."""
    changed = {number for block in hunk.blocks for number in range(block.first, block.first + len(block.removed))}
    bounds = {block.first for block in hunk.blocks if not block.removed}
    for number in range(index, index + step * (_BESIDE + 1), step):
        if not 0 <= number < len(one.at) or number in changed:
            return None
        if one.at[number] is not None:
            return number
        if (number if step < 0 else number + 1) in bounds:
            return None
    return None


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

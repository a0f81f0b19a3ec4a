"""Where a hunk goes in a file that differs from the one it was made for, and how sure that is.

A hunk is placed only where its removed lines stand (or a word-wise merge with what stands there is clear), where the
lines next to each change are those of the hunk, where the function is the one its header names, and where no other
place of the file is about as good. A wrong place is worse than none.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from reviewbot.patterns import regex
from reviewbot.series.types import Hunk
from reviewbot.source.alignment import TELLING, Alignment, FileLines, find_alignments, find_beside, heading_name, key_of
from reviewbot.source.lines import as_bytes
from reviewbot.values import dataclass

__all__ = ["Block", "Edit", "Lines", "Placement", "begins_function", "code_of", "hangs_on_other", "hunk_of", "in_order",
           "is_told", "lies_inside", "place", "reversed_hunk", "split_hunk", "try_block", "worth_of"]

How = Literal["exact", "context", "three-way", "merged", "grafted"]

_ENOUGH = 1.0  # the weight of telling lines that a place must share with the hunk
_BESIDE = 4  # the same where both neighbours of the change are those of the hunk
_SIGHT = 25  # lines within which what is to be added must not stand already
_FAR_FROM_BOTH = 12  # lines that the tree may have where the hunk puts its own
_CLEARLY = 0.8  # another place must be worse than this part of the best one
_LIKE = 0.72  # how alike the words of a changed line must be
_CALL = regex(rb"\b\w+(?=\s*\()")
_BARE = regex(rb"\s+(?:\}\s*)?(?:(?:else\s+)?(?:if|for|while)\b.*\)|else)\s*$")
_TOKEN = regex(rb"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Neighbouring changed lines of a hunk: `first` counts the lines of its old side before them."""

    first: int
    removed: tuple[bytes, ...]
    added: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A hunk as the lines of its old side and the blocks that change them."""

    old: tuple[bytes, ...]
    blocks: tuple[Block, ...]
    section: str
    near: int

    @property
    def leading(self) -> int:
        """Return the number of lines before the first change."""
        return self.blocks[0].first if self.blocks else len(self.old)

    @property
    def trailing(self) -> int:
        """Return the number of lines after the last change."""
        return len(self.old) - self.blocks[-1].first - len(self.blocks[-1].removed) if self.blocks else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Lines [start, stop) of the file, 0-based, become `new`."""

    start: int
    stop: int
    new: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a hunk goes. `sure` is between 0 and 1; `fitting` of `lines` lines of the hunk's old side stand there."""

    edits: tuple[Edit, ...]
    how: How
    sure: float
    fitting: int
    lines: int
    context: int = 3
    """How many lines of context fit on both sides, where that is all that is missing."""
    stock: tuple[Edit, ...] = ()
    """What the file must have had for the hunk to fit, where it has that in other words: see `grafting`."""

    @property
    def start(self) -> int:
        """Return the first line that changes, 0-based."""
        return min(edit.start for edit in self.edits)


def hunk_of(hunk: Hunk) -> Lines:
    """Return the hunk as lines and blocks."""
    old: list[bytes] = []
    blocks: list[Block] = []
    removed: list[bytes] = []
    added: list[bytes] = []

    def close() -> None:
        if removed or added:
            blocks.append(Block(first=len(old) - len(removed), removed=tuple(removed), added=tuple(added)))
        removed.clear()
        added.clear()

    for line in hunk.lines:
        text = as_bytes(line.text)
        if line.kind == "+":
            added.append(text)
            continue
        if line.kind == " " or added:  # removed lines behind added ones are a change of their own
            close()
        old.append(text)
        if line.kind == "-":
            removed.append(text)
    close()
    return Lines(old=tuple(old), blocks=tuple(blocks), section=hunk.section, near=max(hunk.old_start - 1, 0))


def reversed_hunk(hunk: Lines) -> Lines:
    """Return the hunk that undoes this one."""
    new: list[bytes] = []
    blocks = []
    at = 0
    for block in hunk.blocks:
        new += hunk.old[at:block.first]
        blocks.append(Block(first=len(new), removed=block.added, added=block.removed))
        new += block.added
        at = block.first + len(block.removed)
    new += hunk.old[at:]
    return replace(hunk, old=tuple(new), blocks=tuple(blocks))


def split_hunk(hunk: Lines) -> tuple[Lines, ...]:
    """Return the hunk as one for each of its changes, with the unchanged lines around it alone."""
    if len(hunk.blocks) < 2:
        return (hunk,)
    parts = []
    for number, block in enumerate(hunk.blocks):
        before = hunk.blocks[number - 1] if number else None
        start = before.first + len(before.removed) if before else 0
        stop = hunk.blocks[number + 1].first if number + 1 < len(hunk.blocks) else len(hunk.old)
        parts.append(Lines(old=hunk.old[start:stop], blocks=(replace(block, first=block.first - start),),
                           section=hunk.section, near=hunk.near + start))
    return tuple(parts)


def place(hunk: Lines, file: FileLines, *, bounds: tuple[int, int] | None = None) -> Placement | None:
    """Return where the hunk goes, None when that is not clear. `bounds` are the lines between its neighbours."""
    if not hunk.blocks:
        return None
    section = as_bytes(hunk.section)
    keys = [key_of(line) for line in hunk.old]
    found = find_alignments(keys, file, near=hunk.near, section=section)
    ranked = [(worth_of(one, file, section, bounds), one) for one in found]
    ranked.sort(key=lambda pair: (-pair[0], abs(pair[1].first - hunk.near)))
    for position, (worth, one) in enumerate(ranked[:2]):
        placed = _placed(hunk, one, file)
        if placed is None:
            continue
        others = [other for _, other in ranked[:position] + ranked[position + 1:]]
        rival = max((value for value, other in ranked if other is not one and not _overlap(one, other)
                     and _placed(hunk, other, file) is not None), default=0.0)
        if position and any(not _overlap(one, other) for other in others[:1]):
            return None  # the place that is most like the hunk cannot take it
        if rival >= _CLEARLY * worth or _stands_twice(hunk, keys, one, placed, file):
            return None
        return placed if _is_good(one, placed, file, section) else None
    return None


def _stands_twice(hunk: Lines, keys: Sequence[bytes], one: Alignment, placed: Placement, file: FileLines) -> bool:
    """Return whether the hunk would go nearly as well to other lines close by, as in a function that repeats itself."""
    taken = {number for edit in placed.edits for number in (
        range(edit.start, edit.stop) if edit.start < edit.stop else range(edit.start - 1, edit.start + 1))}
    other = find_beside(keys, file, one, frozenset(taken))
    if other is None or other.score < _CLEARLY * one.score:
        return False
    again = _placed(hunk, other, file)
    if again is None or again.how == "merged":
        return False
    section = as_bytes(hunk.section)
    if lies_inside(one, file, section) and lies_inside(other, file, section) is False:
        return False
    return placed.how != "exact" or again.how == "exact"


def worth_of(one: Alignment, file: FileLines, section: bytes, bounds: tuple[int, int] | None = None) -> float:
    """Return how much speaks for a place: how much of the hunk stands there, and whether in what its header names."""
    inside = lies_inside(one, file, section)
    worth = one.score * (1.3 if inside else 0.7 if inside is False else 1.0)
    if bounds is not None and not (bounds[0] <= one.first and one.last < bounds[1]):
        worth *= 0.7
    return worth


def lies_inside(one: Alignment, file: FileLines, section: bytes) -> bool | None:
    """Return whether the hunk's first line lies, in this place, in what its header names."""
    place = next((p for p in one.at if p is not None), 0)
    return file.within(place, section)


def _overlap(one: Alignment, other: Alignment) -> bool:
    return one.first <= other.last and other.first <= one.last


def _is_good(one: Alignment, placed: Placement, file: FileLines, section: bytes) -> bool:
    inside = lies_inside(one, file, section)
    if one.told < _ENOUGH:
        return inside is True and placed.how != "merged" and one.told >= TELLING
    if inside:
        return one.score >= 0.4
    if inside is None:
        return one.score >= 0.6 and one.told >= 1.5
    if file.span(section) is not None:
        return one.score >= 0.9 and one.told >= 2.0  # what the header names stands elsewhere in the file
    return one.score >= 0.75 and one.told >= 2.0


def _placed(hunk: Lines, one: Alignment, file: FileLines) -> Placement | None:
    """Return the edits that the hunk makes in this place, None when a change does not fit there."""
    edits: list[Edit] = []
    sure = 1.0
    for block in hunk.blocks:
        result = try_block(hunk, block, one, file)
        if result is None:
            return None
        edit, certainty = result
        edits.append(edit)
        sure = min(sure, certainty)
    if not in_order(hunk, edits, file):
        return None
    fitting = sum(place is not None for place in one.at)
    at, count = one.at, len(hunk.old)
    exact = fitting == count and all(at[i] == (at[0] or 0) + i for i in range(count))
    if exact:
        return Placement(edits=tuple(edits), how="exact", sure=1.0, fitting=fitting, lines=count)
    first, last = hunk.leading, count - hunk.trailing
    core = at[first:last]
    base = core[0] if core else next((p for p in at[first:] if p is not None), None)
    joined = base is not None and all(place == base + index for index, place in enumerate(core))
    if joined and sure == 1.0 and base is not None:
        above = _run(at, first - 1, base - 1, -1)
        below = _run(at, last, base + len(core), 1)
        context = min(above if hunk.leading > above else 3, below if hunk.trailing > below else 3)
        over = next((p for p in reversed(at[:first]) if p is not None and p < base - above), None)
        under = next((p for p in at[last:] if p is not None and p >= base + len(core) + below), None)
        blank = (hunk.leading > above == 1 and not hunk.old[first - 1].strip() and over is not None
                 and _acts(file.lines[over + 1:base - 1])) or (
            hunk.trailing > below == 1 and not hunk.old[last].strip() and under is not None
            and _acts(file.lines[base + len(core) + 1:under]))
        if context >= 1 and not (blank and not all(block.removed for block in hunk.blocks)):
            return Placement(edits=tuple(edits), how="context", sure=1.0 if context > 1 else 0.9, fitting=fitting,
                             lines=count, context=context)
    return Placement(edits=tuple(edits), how="merged", sure=round(sure * (0.6 + 0.4 * one.score), 2), fitting=fitting,
                     lines=count)


def _acts(lines: Sequence[bytes]) -> bool:
    """Return whether there is a statement or a declaration among the lines."""
    return any(b";" in line for line in code_of(lines))


def in_order(hunk: Lines, edits: Sequence[Edit], file: FileLines) -> bool:
    """Return whether the changes follow one another as in the hunk, each in the function that it shows above it."""
    return not any(later.start < earlier.stop for earlier, later in pairwise(edits)) and not any(
        _in_another(hunk, block, edit, file) for block, edit in zip(hunk.blocks, edits, strict=True))


def _in_another(hunk: Lines, block: Block, edit: Edit, file: FileLines) -> bool:
    """Return whether the change would go into another function than the one whose head the hunk shows above it.

    The file must have that one as well: a function may have been renamed.
    """
    for line in reversed(hunk.old[:block.first]):
        if line.startswith(b"}"):
            return False
        if begins_function(line):
            break
    else:
        return False
    name = heading_name(line)
    if name not in file.named or not file.in_body(edit.start):
        return False
    return next((heading_name(file.lines[number]) != name for number in reversed(file.headings)
                 if number < edit.start and begins_function(file.lines[number])), False)


def begins_function(line: bytes) -> bool:
    """Return whether a line begins a function, as kernel code is written."""
    return (line[:1].isalpha() or line[:1] == b"_") and b"(" in line and not line.rstrip().endswith(b";") \
        and not re.match(rb"\w+:", line)


def _run(at: Sequence[int | None], index: int, place: int, step: int) -> int:
    """Return how many lines of context from `index` on stand one after the other from `place` on."""
    count = 0
    while 0 <= index < len(at) and at[index] == place:
        count, index, place = count + 1, index + step, place + step
    return count


def try_block(hunk: Lines, block: Block, one: Alignment, file: FileLines) -> tuple[Edit, float] | None:
    """Return the edit that a block makes in this place and how sure it is, None when the block does not fit there."""
    at, count = one.at, len(block.removed)
    above, below = block.first - 1, block.first + count
    over = at[above] if above >= 0 else None
    under = at[below] if below < len(at) else None
    places = at[block.first:below]
    if count:
        start = places[0]
        if start is not None and all(place == start + index for index, place in enumerate(places)):
            if hangs_on_other(hunk, block, file, start):
                return None
            weight = sum(file.weight(key_of(line)) for line in block.removed)
            beside = (over == start - 1) + (under == start + count)
            if weight < TELLING and beside < 2 and not _near_told(hunk, block, one, file):
                return None
            return Edit(start=start, stop=start + count, new=_fitted(block, file, start)), 1.0 if beside == 2 else 0.9
        return _merged(block, over, under, file)
    if above < 0 and below >= len(at):
        return None
    if over is not None and under is not None and under == over + 1:
        if not _near_told(hunk, block, one, file) or _misplaced(block, file, under) \
                or _stands_there(block, file, under, sight=_BESIDE, share=1.0):
            return None
        return Edit(start=under, stop=under, new=block.added), 1.0
    if above < 0 and under == 0:
        return Edit(start=0, stop=0, new=block.added), 1.0
    return _between(hunk, block, one, file)


def hangs_on_other(hunk: Lines, block: Block, file: FileLines, start: int) -> bool:
    """Return whether the lines hang on a condition without braces that the hunk does not have, and would be others than
    one statement: then the condition would no longer be about all of them."""
    above = file.lines[start - 1] if start else b""
    if not _BARE.match(above) or (block.first and key_of(hunk.old[block.first - 1]) == key_of(above)):
        return False
    lines = code_of(block.added)
    return b"\n".join(lines).count(b";") != 1 or not lines[-1].rstrip().endswith(b";")


def _near_told(hunk: Lines, block: Block, one: Alignment, file: FileLines) -> bool:
    """Return whether a telling line of the hunk stands within three lines of the change, in hunk and file."""
    for index in (*range(block.first - 1, max(-1, block.first - 4), -1),
                  *range(block.first + len(block.removed), min(len(one.at), block.first + len(block.removed) + 3))):
        if one.at[index] is not None and file.weight(key_of(hunk.old[index])) >= TELLING:
            return True
    return False


def _between(hunk: Lines, block: Block, one: Alignment, file: FileLines) -> tuple[Edit, float] | None:
    """Return where lines are inserted when the tree has others there, or lacks the line on one side."""
    at = one.at
    over = next((index for index in range(block.first - 1, max(-1, block.first - 4), -1)
                 if at[index] is not None), None)
    under = next((index for index in range(block.first, min(len(at), block.first + 3)) if at[index] is not None), None)
    top = at[over] if over is not None and is_told(hunk, one, file, over, -1) else None
    bottom = at[under] if under is not None and is_told(hunk, one, file, under, 1) else None
    if top is not None and bottom is not None:
        if bottom - top - 1 > _FAR_FROM_BOTH and not _stands_alone(block):
            return None
    elif not _stands_alone(block) and not (over == block.first - 1 or under == block.first):
        return None
    after = over == block.first - 1 and top is not None
    ahead = under == block.first and bottom is not None
    if after and ahead and file.weight(key_of(hunk.old[block.first])) < TELLING:
        ahead = file.weight(key_of(hunk.old[block.first - 1])) < TELLING  # an empty line or a brace may be any
    place = bottom if ahead else top + 1 if after and top is not None else None
    if place is None or _misplaced(block, file, place) or _stands_there(block, file, place):
        return None
    ends = [at[index] for index in (over, under) if index is not None]
    apart = None not in (over, under) and code_of(file.lines[(ends[0] or 0) + 1:ends[1]])
    return Edit(start=place, stop=place, new=block.added), 0.6 if apart else 0.8


def _misplaced(block: Block, file: FileLines, place: int) -> bool:
    """Return whether what begins in the first column would come to stand inside of a function or a type."""
    first = next((line for line in block.added if line.strip()), b"")
    return (first[:1].isalpha() or first[:1] == b"_") and not re.match(rb"\w+:", first) and file.in_body(place)


def _stands_there(block: Block, file: FileLines, place: int, *, sight: int = _SIGHT, share: float = 0.5) -> bool:
    """Return whether that share of the telling lines that are to be added stands within `sight` lines already.

    Where there is code among them it decides: what a comment says of it may be worded otherwise.
    """
    told = [key for key in dict.fromkeys(key_of(line) for line in code_of(block.added) or block.added)
            if len(key) > 3 and file.weight(key) >= TELLING / 2]
    there = [key for key in told
             if any(abs(at - place) <= sight + len(block.added) for at in file.positions.get(key, ()))]
    return bool(there) and len(there) >= share * len(told)


def code_of(lines: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return those of the lines that have code: no comment, nor a part of one, and no empty line."""
    found, inside = [], False
    for line in lines:
        text = line.strip()
        begins = not inside and text.startswith(b"/*")
        if text and not inside and not begins and not text.startswith(b"//"):
            found.append(line)
        inside = (inside or begins) and b"*/" not in text
    return tuple(found)


def is_told(hunk: Lines, one: Alignment, file: FileLines, index: int, step: int) -> bool:
    """Return whether a telling line stands at `index` or joined to it, three lines at most, away from the change."""
    place = one.at[index]
    for _ in range(3):
        if not 0 <= index < len(one.at) or place is None or one.at[index] != place:
            return False
        if file.weight(key_of(hunk.old[index])) >= TELLING:
            return True
        index, place = index + step, place + step
    return False


def _stands_alone(block: Block) -> bool:
    """Return whether the added lines are whole: as many closing braces as opening ones, and nothing indented alone."""
    text = b"\n".join(block.added)
    heads = [line for line in block.added if line.strip()]
    return bool(heads) and text.count(b"{") == text.count(b"}") and not heads[0][:1].isspace() \
        and not any(line.startswith((b"#else", b"#elif")) for line in heads)


def _fitted(block: Block, file: FileLines, start: int) -> tuple[bytes, ...]:
    """Return the added lines; where the tree indents the removed ones otherwise, the added ones follow it."""
    have, old = file.lines[start], block.removed[0]
    lead, was = have[:len(have) - len(have.lstrip())], old[:len(old) - len(old.lstrip())]
    if lead == was or lead.strip(b"\t") or was.strip(b"\t"):
        return block.added
    deeper = len(lead) - len(was)
    if deeper > 0:
        return tuple(b"\t" * deeper + line if line.strip() and not line.startswith(b"#") else line
                     for line in block.added)
    return tuple(line[-deeper:] if line.startswith(b"\t" * -deeper) else line for line in block.added)


def _merged(block: Block, over: int | None, under: int | None, file: FileLines) -> tuple[Edit, float] | None:
    """Return the change made word by word in lines that are not quite those that the hunk changes."""
    if over is None or under is None or not 0 < under - over - 1 <= len(block.removed) + 3:
        return None
    have = b"\n".join(file.lines[over + 1:under])
    old, new = b"\n".join(block.removed), b"\n".join(block.added)
    if not new:
        return None  # what is removed must be what stands there
    if set(_CALL.findall(old)) != set(_CALL.findall(have)) or (
            len(block.added) > len(block.removed) and _stands_there(block, file, under)):
        return None
    merged = merge_words(old, have, new)
    if merged is None:
        return None
    return Edit(start=over + 1, stop=under, new=tuple(merged.split(b"\n"))), 0.7


def merge_words(old: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Return `ours` with the changes of words that made `theirs` from `old`, None where both change the same words."""
    base, mine, other = (_TOKEN.findall(text) for text in (old, ours, theirs))
    if len(base) > 800 or len(mine) > 800 or len(other) > 800:
        return None
    here = difflib.SequenceMatcher(None, base, mine, autojunk=False)
    if here.ratio() < _LIKE:
        return None
    there = difflib.SequenceMatcher(None, base, other, autojunk=False)
    ours_at = [code for code in here.get_opcodes() if code[0] != "equal"]
    changes = [code for code in there.get_opcodes() if code[0] != "equal"]
    for _, first, last, _, _ in changes:
        for _, start, stop, _, _ in ours_at:
            if first <= stop and start <= last:
                return None
    out: list[bytes] = []
    at = 0
    for first, last, tokens in sorted([(c[1], c[2], mine[c[3]:c[4]]) for c in ours_at]
                                      + [(c[1], c[2], other[c[3]:c[4]]) for c in changes]):
        out += base[at:first]
        out += tokens
        at = last
    out += base[at:]
    return b"".join(out)

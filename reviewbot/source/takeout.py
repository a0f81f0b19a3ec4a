"""What the tree has already of a series: found by its reverse, and taken out before the series is put on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff, Hunk, Series
from reviewbot.source.alignment import TELLING, FileLines, file_lines, key_of, runs_of
from reviewbot.source.fragmented import by_path
from reviewbot.source.gitapply import Group, is_copy
from reviewbot.source.kbuild_hunks import find_in_kbuild
from reviewbot.source.lines import as_bytes, split_lines
from reviewbot.source.merging import join_lines, merge
from reviewbot.source.placing import Edit, Lines, Placement, code_of, hunk_of, place, reversed_hunk, split_hunk
from reviewbot.source.standing import around, is_gone, stands

__all__ = ["FOREIGN", "OTHER", "WHOLE", "Present", "Remade", "has_another_form", "part_of", "take_out"]

WHOLE = -1
"""Stands for a whole file: one that the series adds, deletes or renames, as the tree has it already."""

OTHER = -2
"""Stands beside the others where the tree does not have every line as the series has it: it has another version."""

FOREIGN = -3
"""Stands beside WHOLE where the tree's file has the name of one that the series adds, and few of its lines."""

_SAYS = regex(rb"(?!\s*#\s*(?:else|endif)\b)\W*\w")
_NESTS = regex(rb"[ \t]*#[ \t]*(if|ifdef|ifndef|endif)\b")
_TELLING = 12  # characters: shorter lines stand in any file
_MOST = 0.6
_HARDLY = 0.2
_ENOUGH = 1.0  # what the lines of a hunk must say together, where its place is not the whole file

_PART = -10

Present = dict[tuple[int, str], frozenset[int]]
"""By the patch's number and the path: which hunks (from 0) the tree has already; WHOLE for the file itself, OTHER,
FOREIGN; beside a hunk that it has only in part, `part_of` its number."""

Remade = dict[tuple[int, str], dict[int, Lines]]
"""By the patch's number and the path: the hunks (from 0) that were found by their own lines alone, with what the tree
has around them."""


def part_of(hunk: int) -> int:
    """Return what stands beside the number of a hunk of whose changes the tree has some only."""
    return _PART - hunk


def take_out(series: Series, contents: Mapping[str, bytes | None],
             troubled: frozenset[str]) -> tuple[dict[str, bytes | None], Present, Remade]:
    """Return the contents of the troubled files without what they have of the series already, what that was, and how
    to put back what stands in other surroundings there.

    The patches are gone through from the last to the first, as one would revert them. A hunk is taken out where its
    reverse fits closely and it does not fit itself.
    """
    now = {path: contents.get(path) for path in troubled}
    present: Present = {}
    remade: Remade = {}
    gone: dict[tuple[int, str], frozenset[int]] = {}
    for patch in reversed(series.patches):
        for group in by_path(patch):
            if len(group) != 1 or group[0].binary or not {group[0].old_path, group[0].new_path} & troubled:
                continue
            at = patch.index, group[0].path
            again: dict[int, Lines] = {}
            lost = _lost_lines(group[0], now)
            hunks = _undo(group, now, again)
            if hunks:
                present[at] = frozenset(hunks)
            if again:
                remade[at] = again
            if more := lost - hunks:
                gone[at] = frozenset(more)
    there = {index for index, _ in present}  # without more of a patch the tree may never have had what it takes away
    for at, numbers in gone.items():
        if at[0] in there:
            present[at] = present.get(at, frozenset()) | numbers
    return {path: content for path, content in now.items() if content != contents.get(path)}, present, remade


def _lost_lines(file: FileDiff, now: Mapping[str, bytes | None]) -> set[int]:
    """Return the hunks that only take lines away of which none is left."""
    content = now.get(file.old_path)
    if content is None or file.old_path != file.new_path:
        return set()
    lines = file_lines(split_lines(content))
    return {number for number, hunk in enumerate(file.hunks) if is_gone(hunk_of(hunk), lines)}


def _undo(group: Group, now: dict[str, bytes | None], again: dict[int, Lines]) -> set[int]:
    """Return what the tree has of a file's diff; `again` gets the hunks that go back in the tree's surroundings."""
    file = group[0]
    old, new = file.old_path, file.new_path
    if not old:
        there = now.get(new)
        if there is None:
            return set()
        now[new] = None
        lines = [key_of(as_bytes(line.text)) for hunk in file.hunks for line in hunk.lines if line.kind == "+"]
        return _as_added(lines, [key_of(line) for line in split_lines(there)])
    if not new:
        shown = [as_bytes(line.text) for hunk in file.hunks for line in hunk.lines if line.kind == "-"]
        if now.get(old) is not None or len(file.hunks) != 1 or file.hunks[0].old_start > 1:
            return set()
        now[old] = join_lines(shown)
        return {WHOLE}
    whole: set[int] = set()
    if old != new and not is_copy(file):
        if now.get(old) is not None or now.get(new) is None:
            return set()
        now[old], now[new] = now[new], None
        whole.add(WHOLE)
    content = now.get(old)
    if content is None or is_copy(file):
        return whole
    undone, without = _undo_hunks(file.hunks, content, old, again)
    now[old] = without
    return whole | undone


def _as_added(lines: Sequence[bytes], there: Sequence[bytes]) -> set[int]:
    """Return what the tree's file is to the one that a patch adds: the same, another version, or the name alone."""
    if lines == there:
        return {WHOLE}
    telling, stand = {line for line in lines if len(line) >= _TELLING}, set(there)
    same = sum(line in stand for line in telling)
    return {WHOLE, OTHER} if same >= _MOST * len(telling) else {WHOLE, FOREIGN}


def _undo_hunks(hunks: Sequence[Hunk], content: bytes, path: str,
                again: dict[int, Lines]) -> tuple[set[int], bytes]:
    """Return the hunks that the content has already, and the content without them; `again` as for `_undo`."""
    file = file_lines(split_lines(content))
    found: set[int] = set()
    doubtful: set[int] = set()
    alone: set[int] = set()  # found by their own lines
    taken: list[tuple[int, Edit]] = []
    for number, hunk in enumerate(hunks):
        lines = hunk_of(hunk)
        if not lines.blocks:
            continue
        wholes = [lines]
        parts = [_there(lines, file)]
        if parts == [None] and len(lines.blocks) > 1 and not _fits(lines, file):
            wholes = list(split_hunk(lines))
            parts = [_there(part, file) for part in wholes]
        if all(part is None for part in parts):
            wholes, parts = [lines], [find_in_kbuild(lines, file, path)]
        if any(part is None or part.how != "exact" for part in parts) and (one := stands(lines, file)) is not None:
            wholes, parts = [lines], [one]
            alone.add(number)
        for whole, one in zip(wholes, parts, strict=True):
            if one is not None and not any(edit.start <= other.stop and other.start <= edit.stop
                                           for edit in one.edits for _, other in taken):
                taken.extend((number, edit) for edit in one.edits)
                if None in parts or one.how != "exact":
                    doubtful.add(number)
                as_it_is = None not in parts and (one.how != "merged" or _as_written(whole, one, file))
                found.update({number} if as_it_is else {number, OTHER})
                if None in parts:
                    found.add(part_of(number))
    left = set(_tearing(taken, file))
    while True:
        edits = [(number, edit) for number, edit in taken if number not in left]
        lines_now = list(file.lines)
        for _, edit in sorted(edits, key=lambda one: (one[1].start, one[1].stop), reverse=True):
            lines_now[edit.start:edit.stop] = edit.new
        remade = {number: made for number in sorted(alone - left)
                  if (made := around(_forth(number, edits, file), lines_now, hunk_of(hunks[number]))) is not None}
        lost = _lost([(number, hunks[number]) for number in sorted(doubtful - left)], lines_now, path, remade)
        if not lost:
            break
        left |= lost
    found -= left | {part_of(number) for number in left}
    if not edits:
        return set(), content
    again.update(remade)
    found.update(number for number, hunk in enumerate(hunks)
                 if number not in found | left and _is_done(hunk_of(hunk), file))
    return found, join_lines(lines_now, content)


def _forth(number: int, edits: Sequence[tuple[int, Edit]], file: FileLines) -> list[Edit]:
    """Return the edits that put a hunk back into the lines without all that was taken out."""
    found: list[Edit] = []
    shift = 0
    for other, edit in sorted(edits, key=lambda one: (one[1].start, one[1].stop)):
        if other == number:
            start = edit.start + shift
            found.append(Edit(start=start, stop=start + len(edit.new), new=tuple(file.lines[edit.start:edit.stop])))
        shift += len(edit.new) - (edit.stop - edit.start)
    return found


def _lost(hunks: Sequence[tuple[int, Hunk]], lines: Sequence[bytes], path: str,
          remade: Mapping[int, Lines]) -> set[int]:
    """Return the numbers of the hunks that would have no place in the file without them: the tree has something else
    there, or only some of their lines by chance."""
    return {number for number, hunk in hunks if merge(
        [hunk], lines, path, remade={0: remade[number]} if number in remade else None).unplaced}


def _tearing(taken: Sequence[tuple[int, Edit]], file: FileLines) -> frozenset[int]:
    """Return those of the hunks without which the file's `#if` and `#endif` would no longer be pairs, because the tree
    does not have all of them: these stay in."""
    depth = {number: 0 for number, _ in taken}
    for number, edit in taken:
        depth[number] += _depth(edit.new) - _depth(file.lines[edit.start:edit.stop])
    return frozenset(number for number, more in depth.items() if more) if sum(depth.values()) else frozenset()


def _depth(lines: Sequence[bytes]) -> int:
    """Return how many more conditionals the lines open than they close."""
    found = [hit[1] for line in lines if (hit := _NESTS.match(line))]
    return len(found) - 2 * found.count(b"endif")


def _fits(hunk: Lines, file: FileLines) -> bool:
    """Return whether the hunk goes into the file as it stands: then the file does not have a part of it."""
    forth = place(hunk, file)
    return forth is not None and forth.how != "merged"


def _is_done(hunk: Lines, file: FileLines) -> bool:
    """Return whether nothing is left to do for a hunk of a file that has others of its hunks: it only brings or takes
    empty lines and brackets, or only takes away lines of which none stands anywhere in the file."""
    changed = [line for block in hunk.blocks for line in (*block.added, *block.removed)]
    if not any(_SAYS.match(line) for line in changed):
        return True
    telling = [key for line in changed if len(key := key_of(line)) >= _TELLING]
    return not any(block.added for block in hunk.blocks) and bool(telling) and not any(
        key in file.positions for key in telling)


def _as_written(hunk: Lines, there: Placement, file: FileLines) -> bool:
    """Return whether the lines of the file that are taken out are those that the hunk adds."""
    return sorted(key_of(line) for block in hunk.blocks for line in block.added) == sorted(
        key_of(line) for edit in there.edits for line in file.lines[edit.start:edit.stop])


def _there(hunk: Lines, file: FileLines) -> Placement | None:
    """Return where the hunk's reverse goes, None when the file does not surely have the hunk."""
    if not any(_SAYS.match(line) for block in hunk.blocks for line in (*block.added, *block.removed)):
        return None  # an empty line, a bracket or an `#endif` stands in every file
    back = _stands_whole(hunk, file) or place(reversed_hunk(hunk), file) or _in_other_words(hunk, file)
    if back is None or (back.how == "merged" and back.sure < 0.7):
        return None
    if not all(block.added for block in hunk.blocks) and not (
            back.how == "exact" or (back.how == "context" and back.context > 1)):
        return None  # only that lines are not there shows that they were removed: then all around them must fit
    if any(not block.added for block in hunk.blocks) and not _is_framed(hunk, back, file):
        return None
    if back.how == "exact" and back.lines == len(file.lines):
        return back
    come = {key_of(line) for block in hunk.blocks for line in block.added}
    if any(not block.added and _begins_elsewhere(block.removed, file) for block in hunk.blocks
           if come.isdisjoint(key_of(line) for line in block.removed if line.strip())):
        return None  # what it takes away, and does not only move, is still there in another place
    forth = place(hunk, file)
    if forth is None or (forth.how == "merged" and back.how != "merged"):
        return back
    alike = forth.how == "merged" or back.how == forth.how == "context"
    return back if alike and back.fitting * forth.lines > forth.fitting * back.lines else None


def _begins_elsewhere(lines: Sequence[bytes], file: FileLines) -> bool:
    """Return whether a function that begins in these lines begins somewhere in the file."""
    heads = [key_of(line) for line in lines if line[:1].isalpha() and b"(" in line and not line.rstrip().endswith(b";")]
    return any(len(key) >= _TELLING and key in file.positions for key in heads)


def _stands_whole(hunk: Lines, file: FileLines) -> Placement | None:
    """Return where all lines of the hunk's new side stand one after the other, once, and its old ones do not.

    This is where git would apply the reverse and not the hunk; what it says of a place needs no weighing then.
    """
    back = reversed_hunk(hunk)
    new, old = ([key_of(line) for line in lines] for lines in (back.old, hunk.old))
    starts = runs_of(new, file)
    if len(starts) != 1 or runs_of(old, file):
        return None
    if len(new) < len(file.lines) and sum(file.weight(key) for key in new) < _ENOUGH:
        return None
    [start] = starts
    edits = tuple(Edit(start=start + block.first, stop=start + block.first + len(block.removed), new=block.added)
                  for block in back.blocks)
    return Placement(edits=edits, how="exact", sure=1.0, fitting=len(new), lines=len(new))


def _in_other_words(hunk: Lines, file: FileLines) -> Placement | None:
    """Return where the code of the hunk's new lines stands, where only the comments between them may differ."""
    blocks = tuple(replace(block, added=code_of(block.added)) for block in hunk.blocks)
    if any(block.removed for block in blocks) or not all(block.added for block in blocks) or blocks == hunk.blocks:
        return None
    return place(reversed_hunk(replace(hunk, blocks=blocks)), file)


def _is_framed(hunk: Lines, back: Placement, file: FileLines) -> bool:
    """Return whether two lines of context stand on both sides of the place, or the file begins or ends with fewer."""
    above = hunk.leading > 1 or (back.how == "exact" and back.start == hunk.leading)
    below = hunk.trailing > 1 or (
        back.how == "exact" and len(file.lines) - max(edit.stop for edit in back.edits) == hunk.trailing)
    return above and below


def has_another_form(hunks: Sequence[Hunk], file: FileLines) -> bool:
    """Return whether hunks that find no place were made for a file that had not come as far as this one.

    Most of the telling lines that they add stand in it, or in the function that they name, and hardly any of those
    that they remove.
    """
    adds = gone = there = left = 0
    for hunk in hunks:
        old = {key_of(as_bytes(line.text)) for line in hunk.lines if line.kind != "+"}
        new = {key_of(as_bytes(line.text)) for line in hunk.lines if line.kind != "-"}
        fresh, lost = ({key for key in keys if len(key) >= _TELLING and file.weight(key) >= TELLING}
                       for keys in (new - old, old - new))
        adds, gone = adds + len(fresh), gone + len(lost)
        there += sum(key in file.positions for key in fresh)
        left += sum(key in file.positions for key in lost)
    return adds > 0 and there >= _MOST * adds and left <= _HARDLY * gone

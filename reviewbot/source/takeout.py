"""What the tree has already of a series: found by its reverse, and taken out before the series is put on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reviewbot.series.types import Hunk, Series
from reviewbot.source.alignment import FileLines
from reviewbot.source.fragmented import by_path
from reviewbot.source.gitapply import Group, is_copy
from reviewbot.source.kbuild_hunks import find_in_kbuild
from reviewbot.source.lines import as_bytes, split_lines
from reviewbot.source.merging import join_lines
from reviewbot.source.placing import Edit, Lines, Placement, hunk_of, place, reversed_hunk, split_hunk

__all__ = ["WHOLE", "Present", "take_out"]

WHOLE = -1
"""Stands for a whole file: one that the series adds, deletes or renames, as the tree has it already."""

Present = dict[tuple[int, str], frozenset[int]]
"""By the patch's number and the path: which hunks (from 0) the tree has already; WHOLE for the file itself."""


def take_out(series: Series, contents: Mapping[str, bytes | None],
             troubled: frozenset[str]) -> tuple[dict[str, bytes | None], Present]:
    """Return the contents of the troubled files without what they have of the series already, and what that was.

    The patches are gone through from the last to the first, as one would revert them. A hunk is taken out where its
    reverse fits closely and it does not fit itself.
    """
    now = {path: contents.get(path) for path in troubled}
    present: Present = {}
    for patch in reversed(series.patches):
        for group in by_path(patch):
            if len(group) != 1 or group[0].binary or not {group[0].old_path, group[0].new_path} & troubled:
                continue
            hunks = _undo(group, now)
            if hunks:
                present[patch.index, group[0].path] = frozenset(hunks)
    return {path: content for path, content in now.items() if content != contents.get(path)}, present


def _undo(group: Group, now: dict[str, bytes | None]) -> set[int]:
    file = group[0]
    old, new = file.old_path, file.new_path
    if not old:
        if now.get(new) is None:
            return set()
        now[new] = None
        return {WHOLE}
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
    undone, without = _undo_hunks(file.hunks, content, old)
    now[old] = without
    return whole | undone


def _undo_hunks(hunks: Sequence[Hunk], content: bytes, path: str) -> tuple[set[int], bytes]:
    """Return the hunks that the content has already, and the content without them."""
    file = FileLines(split_lines(content))
    found: set[int] = set()
    edits: list[Edit] = []
    for number, hunk in enumerate(hunks):
        lines = hunk_of(hunk)
        if not lines.blocks:
            continue
        parts = [_there(lines, file)]
        if parts == [None] and len(lines.blocks) > 1:
            parts = [_there(part, file) for part in split_hunk(lines)]
        if all(part is None for part in parts):
            parts = [find_in_kbuild(lines, file, path)]
        for one in [part for part in parts if part is not None]:
            if not any(edit.start <= other.stop and other.start <= edit.stop for edit in one.edits for other in edits):
                edits.extend(one.edits)
                found.add(number)
    if not edits:
        return set(), content
    lines_now = list(file.lines)
    for edit in sorted(edits, key=lambda one: (one.start, one.stop), reverse=True):
        lines_now[edit.start:edit.stop] = edit.new
    return found, join_lines(lines_now, content)


def _there(hunk: Lines, file: FileLines) -> Placement | None:
    """Return where the hunk's reverse goes, None when the file does not surely have the hunk."""
    back = place(reversed_hunk(hunk), file)
    if back is None or (back.how == "merged" and back.sure < 0.7):
        return None
    if not all(block.added for block in hunk.blocks) and not (
            back.how == "exact" or (back.how == "context" and back.context > 1)):
        return None  # only that lines are not there shows that they were removed: then all around them must fit
    if any(not block.added for block in hunk.blocks) and min(hunk.leading, hunk.trailing) < 2:
        return None
    forth = place(hunk, file)
    if forth is None or (forth.how == "merged" and back.how != "merged"):
        return back
    alike = forth.how == "merged" or back.how == forth.how == "context"
    return back if alike and back.fitting * forth.lines > forth.fitting * back.lines else None

"""Whether the file that the author changed had some lines of the tree's own, where the tree may be a later one."""

from __future__ import annotations

from itertools import pairwise

from reviewbot.checks.analysis import Analysis
from reviewbot.series.types import FileDiff
from reviewbot.source.types import PatchedFile

__all__ = ["author_had"]


def author_had(analysis: Analysis, position: int, file: PatchedFile, first: int, last: int) -> bool:
    """Return whether the author's file had what stands in these lines after the patch.

    It had where the tree's file is the author's, where all hunks stand at the lines that they name, among the lines of
    a hunk, and between two hunks that moved by as much; of anything else nobody knows, and it counts as younger.
    """
    index = analysis.patched.states[position].index
    diffs = [diff for patch in analysis.series.patches if patch.index == index for diff in patch.files
             if file.path in {diff.new_path, diff.old_path}]
    if len(diffs) != 1:
        return False
    blob = diffs[0].old_blob
    if blob.strip("0") and (analysis.before(position).tree.content_id(file.old_path) or "").startswith(blob):
        return True
    moved = _moved(diffs[0], file)
    if not moved:
        return False
    if all(offset == 0 for _, _, offset in moved):
        return True
    return any(start <= last and first <= end for start, end, _ in moved) or any(
        end < first and last < start and offset == other
        for (_, end, offset), (start, _, other) in pairwise(moved))


def _moved(diff: FileDiff, file: PatchedFile) -> list[tuple[int, int, int]]:
    """Return of each hunk its first and last line after the patch, and by how much it stands elsewhere than it says;
    nothing where some of them have no place."""
    said = [(number, line.new_line) for number, hunk in enumerate(diff.hunks) for line in hunk.lines
            if line.kind == "+"]
    if len(said) != len(file.added) or not said:
        return []
    found: dict[int, list[tuple[int, int]]] = {}
    for (number, line), actual in zip(said, sorted(file.added), strict=True):
        if line is None:
            return []
        found.setdefault(number, []).append((actual, actual - line))
    return [(min(lines)[0], max(lines)[0], min(lines)[1]) for lines in found.values()]

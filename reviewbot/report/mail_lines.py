"""The line that a reader can look up: the tree's, or the mail's where only the mail shows it."""

from __future__ import annotations

from reviewbot.series.types import Series
from reviewbot.source.types import PatchedFile, PatchedTree

__all__ = ["line_to_look_up"]


def line_to_look_up(series: Series, patched: PatchedTree, patch: int, path: str, line: int) -> int:
    """Return the line; in a hunk that has no place in the tree's file, the one that the mail's hunk gives it.

    Such hunks stand close together where their function is, at lines that neither tree nor mail has. 0 is a line that
    no hunk of the mail can be matched with.
    """
    file = next((file for state in patched.states if state.index == patch for file in state.files
                 if file.path == path), None)
    if file is None or file.whole or not _is_apart(file, line):
        return line
    diff = next((diff for one in series.patches if one.index == patch for diff in one.files if diff.path == path), None)
    mailed = [one.new_line for hunk in (diff.hunks if diff else ()) for one in hunk.lines if one.kind == "+"]
    added = sorted(file.added)
    if len(mailed) != len(added) or not added:
        return 0
    near = min(range(len(added)), key=lambda number: abs(added[number] - line))
    start = mailed[near]
    return 0 if start is None else start + line - added[near]


def _is_apart(file: PatchedFile, line: int) -> bool:
    starts = {new for _, new, _ in file.sections}
    return any(first in starts and first <= line <= last for first, last in file.known_new)

"""The line that a reader can look up: the tree's, or the mail's where only the mail shows it."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.cfacts import squash_c
from reviewbot.series.types import Series
from reviewbot.source import OverlayTree
from reviewbot.source.types import PatchedFile, PatchedTree

__all__ = ["line_to_look_up"]

_AROUND = 4  # lines on both sides that tell a line from others like it


def line_to_look_up(series: Series, patched: PatchedTree, patch: int, path: str, line: int) -> int:
    """Return the line; in a hunk that has no place in the tree's file, the one that the mail's hunk gives it.

    Such hunks stand close together where their function is, at lines that neither tree nor mail has. Of a file that
    has some of the series already it is the line where the tree has it. 0 is a line that cannot be matched with any.
    """
    file = next((file for state in patched.states if state.index == patch for file in state.files
                 if file.path == path), None)
    if file is None:
        return line
    apart, start = not file.whole and _is_apart(file, line), patched.start
    if isinstance(start, OverlayTree) and start.files.get(path) is not None and file.after is not None:
        own = start.base.read(path)
        there = _line_in(file.after.split(b"\n"), line, own.split(b"\n")) if own is not None else line
        return there if there or not apart else _mailed(series, file, patch, path, line)
    return _mailed(series, file, patch, path, line) if apart else line


def _line_in(lines: Sequence[bytes], line: int, own: Sequence[bytes]) -> int:
    """Return where the tree has the line that stands there after the patch, for a file of which parts were taken out
    before the series was put on it; 0 where it does not have it or may mean another one."""
    wanted = [squash_c(one) for one in lines[max(0, line - 1 - _AROUND):line + _AROUND]]
    middle = min(line - 1, _AROUND)
    if not 0 < line <= len(lines) or not wanted[middle]:
        return 0
    there = [squash_c(one) for one in own]
    alike = {number: sum(0 <= number - middle + at < len(there) and there[number - middle + at] == text
                         for at, text in enumerate(wanted))
             for number, text in enumerate(there) if text == wanted[middle]}
    best = max(alike.values(), default=0)
    found = [number for number, count in alike.items() if count == best]
    return found[0] + 1 if len(found) == 1 and best > 1 else 0


def _mailed(series: Series, file: PatchedFile, patch: int, path: str, line: int) -> int:
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

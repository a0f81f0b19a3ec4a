"""The diff of a patched file with the line numbers that it has in the tree, and code around a line of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.series.types import DiffLine, FileDiff, Hunk
from reviewbot.source.types import PatchedFile
from reviewbot.text import decode

__all__ = ["excerpt", "hunks_of", "row_of"]

_CONTEXT = 3
_SECTION = regex(r"[A-Za-z_$]")  # what git takes for the start of a function


def hunks_of(file: PatchedFile | None, diff: FileDiff | None) -> tuple[Hunk, ...]:
    """Return the hunks of one file of a patch, numbered as the findings number them.

    A patch that applied at an offset has other line numbers in the tree than in the mail, so its hunks are made anew
    from the file before and after; in fragment mode, and without the file, they are the mail's own.
    """
    if file is None or not (file.whole or file.sections) or (file.before is None and file.after is None):
        return diff.hunks if diff else ()
    old, new = _lines(file.before), _lines(file.after)
    return tuple(_hunk(group, old, new) for group in _groups(file, len(old), len(new)))


def _lines(data: bytes | None) -> list[str]:
    # Only "\n" ends a line of C: splitlines() would also break at form feeds and such.
    lines = decode(data or b"").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


_Change = tuple[int, int, int, int]  # old start, old length, new start, new length


def _changes(file: PatchedFile, old: int, new: int) -> Iterator[_Change]:
    at_old = at_new = 1
    for start_old, start_new, length in (*sorted(file.line_map.pairs), (old + 1, new + 1, 0)):
        if start_old > at_old or start_new > at_new:
            yield at_old, start_old - at_old, at_new, start_new - at_new
        at_old, at_new = start_old + length, start_new + length


def _groups(file: PatchedFile, old: int, new: int) -> Iterator[list[_Change]]:
    group: list[_Change] = []
    for change in _changes(file, old, new):
        if group and change[0] - (group[-1][0] + group[-1][1]) > 2 * _CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(group: Sequence[_Change], old: Sequence[str], new: Sequence[str]) -> Hunk:
    lead = min(_CONTEXT, group[0][0] - 1, group[0][2] - 1)
    at_old, at_new = group[0][0] - lead, group[0][2] - lead
    lines: list[DiffLine] = []

    def same_until(end: int) -> None:
        nonlocal at_old, at_new
        while at_old < end and at_old <= len(old):
            lines.append(DiffLine(kind=" ", text=old[at_old - 1], old_line=at_old, new_line=at_new))
            at_old, at_new = at_old + 1, at_new + 1

    first_old, first_new = at_old, at_new
    for start_old, old_length, start_new, new_length in group:
        same_until(start_old)
        lines += [DiffLine(kind="-", text=text, old_line=start_old + n, new_line=None)
                  for n, text in enumerate(old[start_old - 1:start_old - 1 + old_length])]
        lines += [DiffLine(kind="+", text=text, old_line=None, new_line=start_new + n)
                  for n, text in enumerate(new[start_new - 1:start_new - 1 + new_length])]
        at_old, at_new = start_old + old_length, start_new + new_length
    same_until(at_old + _CONTEXT)
    old_count, new_count = at_old - first_old, at_new - first_new
    section = next((old[n] for n in range(min(first_old - 2, len(old) - 1), -1, -1) if _SECTION.match(old[n])), "")
    return Hunk(old_start=first_old if old_count else first_old - 1, old_count=old_count,
                new_start=first_new if new_count else first_new - 1, new_count=new_count, section=section,
                lines=tuple(lines))


def row_of(lines: Sequence[DiffLine], side: str, line: int) -> int | None:
    """Return the place in `lines` of a line of the new or the old file, or None when it is not there."""
    for place, row in enumerate(lines):
        if line == (row.old_line if side == "old" else row.new_line) and line:
            return place
    return None


def excerpt(file: PatchedFile | None, finding: Finding, *, around: int = _CONTEXT) -> tuple[DiffLine, ...]:
    """Return the lines of the file around the finding's line; empty when the file or the line is not known."""
    data = None if file is None else file.before if finding.side == "old" else file.after
    lines = _lines(data)
    if not 0 < finding.line <= len(lines):
        return ()
    first, last = max(1, finding.line - around), min(len(lines), finding.line + around)
    return tuple(DiffLine(kind=" ", text=lines[n - 1], old_line=n if finding.side == "old" else None,
                          new_line=None if finding.side == "old" else n) for n in range(first, last + 1))

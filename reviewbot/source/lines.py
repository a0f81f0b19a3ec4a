"""Lines before and after a patch: which were added, which removed, and where the others went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reviewbot.patterns import regex
from reviewbot.series.types import Hunk
from reviewbot.source.types import LineMap

__all__ = ["as_bytes", "changes_of_zero_context_diff", "line_map", "place_hunks", "ranges", "split_lines"]

_ZERO_CONTEXT = regex(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)

Changes = tuple[frozenset[int], frozenset[int]]
"""The numbers of the added lines (after) and of the removed lines (before)."""


def as_bytes(text: str) -> bytes:
    """Return the text of a mail as the bytes of a file: UTF-8, undecodable bytes as they were."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def split_lines(content: bytes | None) -> list[bytes]:
    """Return the lines as git counts them: ended by LF only, a last line without LF counts too."""
    lines = (content or b"").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return lines


def line_map(added: Iterable[int], removed: Iterable[int], *, old_count: int, new_count: int) -> LineMap:
    """Return where the unchanged lines went, for files of `old_count` and `new_count` lines."""
    gone, come = sorted(removed), sorted(added)
    pairs: list[tuple[int, int, int]] = []
    old = new = 1
    next_gone = next_come = 0
    while True:
        while next_gone < len(gone) and gone[next_gone] == old:
            old, next_gone = old + 1, next_gone + 1
        while next_come < len(come) and come[next_come] == new:
            new, next_come = new + 1, next_come + 1
        old_stop = gone[next_gone] if next_gone < len(gone) else old_count + 1
        new_stop = come[next_come] if next_come < len(come) else new_count + 1
        length = min(old_stop - old, new_stop - new)
        if length <= 0:
            return LineMap(pairs=tuple(pairs))
        pairs.append((old, new, length))
        old, new = old + length, new + length


def place_hunks(hunks: Sequence[Hunk], starts: Sequence[int], before: list[bytes],
                after: list[bytes]) -> Changes | None:
    """Return the changed lines when hunk `i` begins at line `starts[i]` of the new file.

    None when that does not explain how `before` became `after`, line by line.
    """
    added: set[int] = set()
    removed: set[int] = set()
    shift = 0  # how many lines longer the file is after the hunks so far
    for hunk, start in zip(hunks, starts, strict=True):
        new, old = start, start - shift
        for line in hunk.lines:
            if line.kind == "+":
                if not 0 < new <= len(after) or after[new - 1] != as_bytes(line.text):
                    return None
                added.add(new)
                new += 1
            elif line.kind == "-":
                removed.add(old)
                old += 1
            else:
                new, old = new + 1, old + 1
        shift = new - old
    kept_before = [line for number, line in enumerate(before, 1) if number not in removed]
    kept_after = [line for number, line in enumerate(after, 1) if number not in added]
    whole = len(kept_before) + len(removed) == len(before) and len(kept_after) + len(added) == len(after)
    return (frozenset(added), frozenset(removed)) if whole and kept_before == kept_after else None


def changes_of_zero_context_diff(diff: bytes) -> Changes:
    """Return the changed lines that the hunk headers of a `git diff -U0` name."""
    added: set[int] = set()
    removed: set[int] = set()
    for old, old_count, new, new_count in _ZERO_CONTEXT.findall(diff):
        removed.update(range(int(old), int(old) + int(old_count or b"1")))
        added.update(range(int(new), int(new) + int(new_count or b"1")))
    return frozenset(added), frozenset(removed)


def ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return the runs (first, last) of consecutive numbers, in order."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] + 1 == number:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return tuple(runs)

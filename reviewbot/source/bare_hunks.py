"""Hunks without a line of context, as `git diff -U0` writes them: given the context of the file they were made for.

git takes such a hunk for one at the end of the file, and one that only adds lines fits everywhere. So it is put where
its header says when the file is the one that the diff was made for, or the lines that it removes stand there, and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from reviewbot.series.diff import parse_diff
from reviewbot.series.types import FileDiff, Hunk
from reviewbot.source.lines import as_bytes

__all__ = ["has_bare_hunks", "with_context"]

_CONTEXT = 3


def has_bare_hunks(file: FileDiff) -> bool:
    """Return whether a hunk of a change in a file that stays shows none of the lines around it."""
    return bool(file.old_path and file.new_path) and any(_is_bare(hunk) for hunk in file.hunks)


def _is_bare(hunk: Hunk) -> bool:
    return bool(hunk.lines) and all(line.kind != " " for line in hunk.lines)


def with_context(file: FileDiff, lines: Sequence[bytes], *, same: bool) -> FileDiff | None:
    """Return the diff with the lines of the file around each hunk, or None when it is not certain where one goes.

    `same` says that the file is the very one that the diff was made for.
    """
    spans = [_span(hunk) for hunk in file.hunks]
    if any(not 0 <= start <= end <= len(lines) for start, end in spans) \
            or any(after[0] < before[1] for before, after in pairwise(spans)):
        return None
    together: list[list[int]] = []
    for at, (hunk, (start, end)) in enumerate(zip(file.hunks, spans, strict=True)):
        removed = [as_bytes(line.text) for line in hunk.lines if line.kind == "-"]
        stands = bool(removed) and [line.rstrip(b"\r\n") for line in lines[start:end]] == removed
        if _is_bare(hunk) and not same and not stands:
            return None
        if together and start - spans[at - 1][1] <= 2 * _CONTEXT:
            together[-1].append(at)
        else:
            together.append([at])
    head = file.raw[:file.raw.find("@@ -")]
    hunks = [_padded([file.hunks[at] for at in group], [spans[at] for at in group], lines) for group in together]
    parsed = parse_diff(head + "".join(hunks)).files
    return replace(parsed[0], old_blob=file.old_blob, new_blob=file.new_blob) if len(parsed) == 1 else None


def _span(hunk: Hunk) -> tuple[int, int]:
    """Return the first line of the old file that the hunk is about, from 0, and the one behind its last."""
    start = hunk.old_start if hunk.old_count == 0 else hunk.old_start - 1
    return start, start + hunk.old_count


def _padded(hunks: Sequence[Hunk], spans: Sequence[tuple[int, int]], lines: Sequence[bytes]) -> str:
    """Return one hunk of several that stand close, with the lines before, between and behind them."""
    start, end = spans[0][0], spans[-1][1]
    above, below = min(start, _CONTEXT), min(len(lines) - end, _CONTEXT)
    if not _is_bare(hunks[0]):
        above = 0
    if not _is_bare(hunks[-1]):
        below = 0
    out = [" " + _text(line) for line in lines[start - above:start]]
    for at, hunk in enumerate(hunks):
        if at:
            out += [" " + _text(line) for line in lines[spans[at - 1][1]:spans[at][0]]]
        out += [line.kind + line.text for line in hunk.lines]
    out += [" " + _text(line) for line in lines[end:end + below]]
    old, new = (sum(not line.startswith(kind) for line in out) for kind in "+-")
    added = hunks[0].new_start if hunks[0].new_count == 0 else hunks[0].new_start - 1
    head = f"@@ -{start - above + (1 if old else 0)},{old} +{added - above + (1 if new else 0)},{new} @@"
    return "\n".join((f"{head} {hunks[0].section}".rstrip(), *out)) + "\n"


def _text(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")

"""One file of a patch as a page shows it: findings under their lines, the rest folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reviewbot.findings.types import Finding
from reviewbot.report.diff import excerpt, hunks_of, row_of
from reviewbot.report.order import spell_count
from reviewbot.report.view import Card, FileView, Part, Row
from reviewbot.report.words import LONGEST, say_applied
from reviewbot.series.types import DiffLine, FileDiff, Hunk
from reviewbot.source.types import PatchedFile
from reviewbot.text import clip

__all__ = ["MOST_ROWS", "excerpt_rows", "view_file"]

MOST_ROWS = 1500
"""Rows of one file's diff that a page shows; findings beyond them still get the rows around them."""

_NEAR = 12  # rows above and below a finding that stay unfolded
_LEAST_FOLD = 6  # a fold that hides less costs more than it saves

Placed = Sequence[tuple[Finding, Card]]


def view_file(diff: FileDiff, file: PatchedFile | None, *, placed: Placed, old_defects: Placed, tree: bool) -> FileView:
    """Return the file's diff with the cards of `placed` under their lines; `tree` when there is one to apply it to.

    A finding outside every hunk gets its own lines of the patched file after the diff. Old defects are only pointed at.
    """
    hunks = hunks_of(file, diff)
    left = MOST_ROWS
    parts: list[Part] = []
    shown: set[str] = set()
    for hunk in hunks:
        here = [(f, c) for f, c in placed if c.anchor not in shown and _place(hunk, f) is not None]
        shown.update(card.anchor for _, card in here)
        parts += _hunk_parts(hunk, here, old_defects, left)
        left -= min(left, len(hunk.lines))
    for finding, card in placed:
        if card.anchor not in shown:
            header = "not changed by this patch" + (f": {finding.function}()" if finding.function else "")
            parts.append(Part(header=clip(header, 160), label="", rows=excerpt_rows(file, finding), cards=(card,)))
    kinds = [row.kind for hunk in hunks for row in hunk.lines]
    note = "A binary file: not shown." if diff.binary else "" if hunks else "No line changes."
    applied = say_applied(file.applies, file.note) if tree and file and file.applies != "clean" else ""
    return FileView(path=clip(diff.path, LONGEST), change=_change(diff), added=kinds.count("+"),
                    removed=kinds.count("-"), note=note, applied=applied, open=bool(placed), parts=tuple(parts))


def excerpt_rows(file: PatchedFile | None, finding: Finding) -> tuple[Row, ...]:
    """Return the lines around a finding outside the diff, its own marked; without the file, the line it quotes."""
    lines = excerpt(file, finding)
    if not lines and finding.code:
        new = finding.side == "new"
        lines = (DiffLine(kind=" ", text=finding.code, old_line=None if new else finding.line,
                          new_line=finding.line if new else None),)
    return tuple(Row(line=_clipped(line), mark=finding.line in (line.new_line, line.old_line)) for line in lines)


def _change(diff: FileDiff) -> str:
    if not diff.old_path:
        return "new file"
    if not diff.new_path:
        return "deleted"
    return f"was {clip(diff.old_path, 200)}" if diff.old_path != diff.new_path else ""


def _place(hunk: Hunk, finding: Finding) -> int | None:
    """Return the last row of the hunk that the finding speaks of."""
    first = row_of(hunk.lines, finding.side, finding.line)
    if first is None:
        return None
    last = row_of(hunk.lines, finding.side, finding.end_line)
    return first if last is None else max(first, last)


def _hunk_parts(hunk: Hunk, placed: Placed, old_defects: Placed, left: int) -> list[Part]:
    header = _header(hunk)
    cards: dict[int, list[Card]] = {}
    marked: set[int] = set()
    for finding, card in placed:
        last = _place(hunk, finding)
        first = row_of(hunk.lines, finding.side, finding.line)
        assert first is not None
        assert last is not None
        cards.setdefault(last, []).append(card)
        marked.update(range(first, last + 1))
    pointers: dict[int, list[str]] = {}
    for finding, card in old_defects:
        place = row_of(hunk.lines, finding.side, finding.line)
        if place is not None:
            pointers.setdefault(place, []).append(card.anchor)
    rows = tuple(Row(line=_clipped(line), mark=n in marked, old_defects=tuple(pointers.get(n, ())))
                 for n, line in enumerate(hunk.lines))
    near = sorted(marked | set(pointers))
    if not near:
        return _quiet(header, rows, left)
    parts: list[Part] = []
    for first, last, folded in _runs(near, len(rows)):
        label = f"{spell_count(last - first, 'line')} more" if folded else ""
        stretch = rows[first:last] if not folded or last - first <= left else rows[first:first + left]
        parts += _split(header if not parts else "", label, stretch, first, cards)
    return parts


def _quiet(header: str, rows: tuple[Row, ...], left: int) -> list[Part]:
    if len(rows) > left:
        text = f"{spell_count(len(rows) - left, 'line')} of this hunk not shown: the diff is too long"
        header = f"{header}  [{text}]"
    return [Part(header=header, label="", rows=rows[:left], cards=())]


def _runs(near: Sequence[int], length: int) -> list[tuple[int, int, bool]]:
    """Return the hunk as runs of rows (first, last + 1, folded): what is far from every finding is folded."""
    keep = [False] * length
    for row in near:
        keep[max(0, row - _NEAR):row + _NEAR + 1] = [True] * (min(length, row + _NEAR + 1) - max(0, row - _NEAR))
    runs: list[tuple[int, int, bool]] = []
    for row in range(length):
        if runs and runs[-1][2] is not keep[row]:
            runs[-1] = (runs[-1][0], row + 1, runs[-1][2])
        else:
            runs.append((row, row + 1, not keep[row]))
    return [(first, last, folded and last - first >= _LEAST_FOLD) for first, last, folded in runs]


def _split(header: str, label: str, rows: tuple[Row, ...], offset: int,
           cards: Mapping[int, Sequence[Card]]) -> list[Part]:
    """Return the rows cut after each one that has cards."""
    parts: list[Part] = []
    start = 0
    for at in range(len(rows)):
        if offset + at in cards:
            parts.append(Part(header=header, label=label, rows=rows[start:at + 1], cards=tuple(cards[offset + at])))
            start, header = at + 1, ""
    if start < len(rows):
        parts.append(Part(header=header, label=label, rows=rows[start:], cards=()))
    return parts


def _header(hunk: Hunk) -> str:
    text = f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@"
    return clip(f"{text} {hunk.section}".rstrip(), 160)


def _clipped(line: DiffLine) -> DiffLine:
    return DiffLine(kind=line.kind, text=clip(line.text, LONGEST), old_line=line.old_line, new_line=line.new_line)

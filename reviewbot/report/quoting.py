"""The quoted part of a reply: only the hunks that are commented on, each comment under its line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from reviewbot.findings.types import Evidence, Finding
from reviewbot.patterns import regex
from reviewbot.series.types import DiffLine, FileDiff, Hunk, Patch
from reviewbot.source.types import PatchedFile
from reviewbot.text import clip, squash, visible
from reviewbot.values import dataclass

__all__ = ["CONTEXT", "Mailed", "Spot", "find_spot", "quote_patch", "quote_sentence"]

CONTEXT = 5
"""Quoted lines above a commented one."""

_LONGEST = 240  # characters: a mail's line may have 998 octets, and a character takes up to four
_MOST_ALIKE = 200  # lines that say the same, above and below the one in the tree
_WORTH_A_MARK = 2  # lines; a marker in place of one line saves nothing

_GOES_ON = regex(r"(?:\|\||&&|[,=+?(|&])\s*$")
_GIVES = regex(r"\s*(?:[A-Za-z_][\w *]*?[ *])?([A-Za-z_]\w*) [|&]?= .*;\s*$")
_MOST_MORE = 3  # lines that a statement goes on for behind the one that is commented on

_MOST_SAID = 8  # lines of a sentence that is quoted


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Spot:
    """A line of the mailed diff: the file's, the hunk's and the row's place in the patch, counted from 0."""

    file: int
    hunk: int
    row: int


class Mailed:
    """One patch as it was mailed: the lines of its files, read when a finding asks for them."""

    def __init__(self, patch: Patch) -> None:
        """Read nothing yet."""
        self._diffs = patch.files
        self._lines: dict[int, _Lines] = {}

    def about(self, *paths: str) -> Iterator[_Lines]:
        """Yield the lines of what is about a file that has one of these names."""
        for number, diff in enumerate(self._diffs):
            if diff.new_path in paths or diff.old_path in paths:
                if number not in self._lines:
                    self._lines[number] = _Lines(number, diff)
                yield self._lines[number]


class _Lines:
    """The lines of one file in a patch, by what they say and by where they stand before and after it."""

    def __init__(self, number: int, diff: FileDiff) -> None:
        """Read the hunks of the file with this number in the patch."""
        self.new_path = diff.new_path
        self.changed: dict[str, list[tuple[Spot, str]]] = {"+": [], "-": []}
        self.saying: dict[tuple[str, str], list[tuple[int, Spot]]] = {}
        self.texts: dict[tuple[str, int], dict[int, str]] = {}
        self._ranks: dict[str, tuple[PatchedFile, list[int]]] = {}
        for h, hunk in enumerate(diff.hunks):
            for r, line in enumerate(hunk.lines):
                self._read(Spot(file=number, hunk=h, row=r), line)
        for places in self.saying.values():
            places.sort()

    def _read(self, spot: Spot, line: DiffLine) -> None:
        text = squash(line.text)
        if line.kind in self.changed:
            self.changed[line.kind].append((spot, text))
        for side, at in (("old", line.old_line), ("new", line.new_line)):
            if line.kind != ("+" if side == "old" else "-") and at is not None:
                self.texts.setdefault((side, spot.hunk), {})[at] = text
                for said in {text, ""}:
                    self.saying.setdefault((side, said), []).append((at, spot))

    def rank(self, file: PatchedFile, side: str, line: int) -> int | None:
        """Return which of the changed lines stands there in the tree; None when the mail has others than the tree."""
        kind = "-" if side == "old" else "+"
        if kind not in self._ranks or self._ranks[kind][0] is not file:
            self._ranks[kind] = file, sorted(file.removed if kind == "-" else file.added)
        known = self._ranks[kind][1]
        at = bisect_left(known, line)
        return at if len(known) == len(self.changed[kind]) and known[at:at + 1] == [line] else None

    def near(self, side: str, code: str, line: int) -> list[tuple[int, Spot]]:
        """Return the lines that say this on a side, those next to a line where there are very many."""
        places = self.saying.get((side, code), [])
        at = bisect_left(places, line, key=lambda place: place[0])
        return places[max(0, at - _MOST_ALIKE):at + _MOST_ALIKE]


def find_spot(mailed: Mailed, finding: Finding, file: PatchedFile | None) -> Spot | None:
    """Return the line of the mail that the finding speaks of, or None when the mail does not show it.

    The finding counts lines in the patched tree; the mail's numbers differ when the patch applied at an offset. Added
    and removed lines come in the same order on both sides, so they are paired by rank; the code that the finding
    quotes decides in all other cases, and where it stands in the mail more than once, the lines around it that the
    finding rests on. A line that the mail does not show is told where the mail has what the finding rests on.
    """
    spot = _shown(mailed, finding, file)
    if spot is None:
        for step in finding.evidence:
            if step.kind == "patch" and step.file == finding.file and step.text and spot is None:
                spot = _holding(mailed, step)
    return spot


def _holding(mailed: Mailed, step: Evidence) -> Spot | None:
    """Return the only added line of the mail that has the text of the evidence, None when there is none or several."""
    wanted = squash(step.text)
    spots = [spot for lines in mailed.about(step.file) if lines.new_path == step.file
             for spot, text in lines.changed["+"] if wanted in text]
    return spots[0] if len(spots) == 1 else None


def _shown(mailed: Mailed, finding: Finding, file: PatchedFile | None) -> Spot | None:
    code = squash(finding.code)
    for lines in mailed.about(finding.file):
        rank = lines.rank(file, finding.side, finding.line) if file is not None and file.whole else None
        if rank is not None and file is not None:
            spot, text = lines.changed["-" if finding.side == "old" else "+"][rank]
            # Hunks that were placed one by one need not stand in the order of the mail.
            if file.applies != "merged" or text == code:
                return spot
        near = [(-_borne_out(finding, lines.texts[finding.side, spot.hunk], at), abs(at - finding.line), spot)
                for at, spot in lines.near(finding.side, code, finding.line)]
        # Without the code's text only the very line will do: a comment under the wrong line is worse than none.
        if near and (code or min(near)[1] == 0):
            return min(near)[2]
    return None


def _borne_out(finding: Finding, texts: Mapping[int, str], at: int) -> int:
    """Return how many lines that the finding rests on stand in a hunk as far from line `at` as from the finding's."""
    return sum(texts.get(at + step.line - finding.line) == squash(step.text) for step in finding.evidence
               if step.file == finding.file and step.text and step.line != finding.line)


def quote_patch(patch: Patch, comments: Mapping[Spot, Sequence[str]]) -> list[str]:
    """Return the lines of the reply: quoted hunks, cut short above each comment, and the comments unquoted."""
    out: list[str] = []
    for number, diff in enumerate(patch.files):
        here = {spot: text for spot, text in comments.items() if spot.file == number}
        if not here:
            continue
        out += [f"> {line}" for line in _file_header(diff)]
        for at in sorted({spot.hunk for spot in here}):
            out += _quote_hunk(diff.hunks[at], {spot.row: text for spot, text in here.items() if spot.hunk == at},
                               is_c=diff.new_path.endswith((".c", ".h")))
    return out


def _file_header(diff: FileDiff) -> list[str]:
    old, new = diff.old_path or diff.new_path, diff.new_path or diff.old_path
    return [visible(squash(line)) for line in (
        f"diff --git a/{old} b/{new}", f"--- a/{old}" if diff.old_path else "--- /dev/null",
        f"+++ b/{new}" if diff.new_path else "+++ /dev/null")]


def _quote_hunk(hunk: Hunk, comments: Mapping[int, Sequence[str]], *, is_c: bool) -> list[str]:
    header = f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@ {hunk.section}"
    out = [f"> {visible(squash(header))}"]
    quoted = 0
    rows = sorted(comments)
    for row, following in zip(rows, [*rows[1:], len(hunk.lines)], strict=True):
        start = max(quoted, row - CONTEXT)
        if start - quoted < _WORTH_A_MARK:
            start = quoted
        if start > quoted:
            out.append(f"> [ ... skip {start - quoted} lines ... ]")
        quoted = min((_whole(hunk.lines, row) if is_c else row) + 1, max(following, row + 1))
        out += [_quoted(line.kind + line.text) for line in hunk.lines[start:quoted]]
        out += ["", *comments[row], ""]
    return out


def _whole(lines: Sequence[DiffLine], row: int) -> int:
    """Return the last row of the statement that stands there, with the test of what it has set right behind it."""
    end, text = row, lines[row].text
    while _GOES_ON.search(text) or text.count("(") > text.count(")"):
        end += 1
        if end >= len(lines) or end - row > _MOST_MORE:
            return row
        text += lines[end].text if lines[end].kind != "-" or lines[row].kind == "-" else ""
    found = _GIVES.match(text)
    if found and end + 2 < len(lines) and re.match(rf"\s*if \(.*\b{re.escape(found[1])}\b.*\)", lines[end + 1].text) \
            and "-" not in {lines[end + 1].kind, lines[end + 2].kind}:
        return end + (1 if lines[end + 1].text.rstrip().endswith("{") else 2)
    return end


def quote_sentence(text: str, code: str) -> list[str]:
    """Return the line of a commit message or cover letter that `code` stands in, quoted; empty when there is none."""
    wanted = squash(code)
    if not wanted:
        return []
    lines = text.split("\n")
    for line in lines:
        if wanted in squash(line):
            return [_quoted(line)]
    for number in range(len(lines)):
        # A sentence often runs over the end of a line.
        for count in range(2, _MOST_SAID + 1):
            said = lines[number:number + count]
            if len(said) == count and wanted in squash(" ".join(said)) and wanted not in squash(" ".join(said[1:])):
                return [_quoted(line) for line in said]
    return []


def _quoted(line: str) -> str:
    return f"> {visible(clip(line.replace(chr(10), ' '), _LONGEST))}".rstrip()

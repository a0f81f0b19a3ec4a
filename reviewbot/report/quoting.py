"""The quoted part of a reply: only the hunks that are commented on, each comment under its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewbot.findings.types import Evidence, Finding
from reviewbot.series.types import FileDiff, Hunk, Patch
from reviewbot.source.types import PatchedFile
from reviewbot.text import clip, squash, visible

__all__ = ["CONTEXT", "Spot", "find_spot", "quote_patch", "quote_sentence"]

CONTEXT = 5
"""Quoted lines above a commented one."""

_LONGEST = 240  # characters: a mail's line may have 998 octets, and a character takes up to four
_WORTH_A_MARK = 2  # lines; a marker in place of one line saves nothing

_MOST_SAID = 8  # lines of a sentence that is quoted


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Spot:
    """A line of the mailed diff: the file's, the hunk's and the row's place in the patch, counted from 0."""

    file: int
    hunk: int
    row: int


def find_spot(patch: Patch, finding: Finding, file: PatchedFile | None) -> Spot | None:
    """Return the line of the mail that the finding speaks of, or None when the mail does not show it.

    The finding counts lines in the patched tree; the mail's numbers differ when the patch applied at an offset. Added
    and removed lines come in the same order on both sides, so they are paired by rank; the code that the finding
    quotes decides in all other cases, and where it stands in the mail more than once, the lines around it that the
    finding rests on. A line that the mail does not show is told where the mail has what the finding rests on.
    """
    spot = _shown(patch, finding, file)
    if spot is None:
        for step in finding.evidence:
            if step.kind == "patch" and step.file == finding.file and step.text and spot is None:
                spot = _holding(patch, step)
    return spot


def _holding(patch: Patch, step: Evidence) -> Spot | None:
    """Return the only added line of the mail that has the text of the evidence, None when there is none or several."""
    wanted = squash(step.text)
    spots = [Spot(file=number, hunk=h, row=r) for number, diff in enumerate(patch.files) if diff.new_path == step.file
             for h, hunk in enumerate(diff.hunks) for r, line in enumerate(hunk.lines)
             if line.kind == "+" and wanted in squash(line.text)]
    return spots[0] if len(spots) == 1 else None


def _shown(patch: Patch, finding: Finding, file: PatchedFile | None) -> Spot | None:
    for number, diff in enumerate(patch.files):
        if finding.file not in (diff.new_path, diff.old_path):
            continue
        rows = [(Spot(file=number, hunk=h, row=r), line) for h, hunk in enumerate(diff.hunks)
                for r, line in enumerate(hunk.lines)]
        ranked = _by_rank(diff, file, finding)
        if ranked is not None:
            changed = [(spot, line) for spot, line in rows if line.kind == ("-" if finding.side == "old" else "+")]
            # Hunks that were placed one by one need not stand in the order of the mail.
            if file is None or file.applies != "merged" or squash(changed[ranked][1].text) == squash(finding.code):
                return changed[ranked][0]
        code = squash(finding.code)
        other = "+" if finding.side == "old" else "-"
        near: list[tuple[int, int, Spot]] = []
        for spot, line in rows:
            at = line.old_line if finding.side == "old" else line.new_line
            if line.kind != other and at is not None and (squash(line.text) == code or not code):
                near.append((-_borne_out(finding, diff.hunks[spot.hunk], at), abs(at - finding.line), spot))
        # Without the code's text only the very line will do: a comment under the wrong line is worse than none.
        if near and (code or min(near)[1] == 0):
            return min(near)[2]
    return None


def _borne_out(finding: Finding, hunk: Hunk, at: int) -> int:
    """Return how many lines that the finding rests on stand in the hunk as far from line `at` as from the finding's."""
    old = finding.side == "old"
    texts = {line.old_line if old else line.new_line: squash(line.text) for line in hunk.lines
             if line.kind != ("+" if old else "-")}
    return sum(texts.get(at + step.line - finding.line) == squash(step.text) for step in finding.evidence
               if step.file == finding.file and step.text and step.line != finding.line)


def _by_rank(diff: FileDiff, file: PatchedFile | None, finding: Finding) -> int | None:
    if file is None or not file.whole:
        return None
    kind = "-" if finding.side == "old" else "+"
    known = sorted(file.removed if kind == "-" else file.added)
    mailed = sum(line.kind == kind for hunk in diff.hunks for line in hunk.lines)
    return known.index(finding.line) if len(known) == mailed and finding.line in known else None


def quote_patch(patch: Patch, comments: Mapping[Spot, Sequence[str]]) -> list[str]:
    """Return the lines of the reply: quoted hunks, cut short above each comment, and the comments unquoted."""
    out: list[str] = []
    for number, diff in enumerate(patch.files):
        here = {spot: text for spot, text in comments.items() if spot.file == number}
        if not here:
            continue
        out += [f"> {line}" for line in _file_header(diff)]
        for at in sorted({spot.hunk for spot in here}):
            out += _quote_hunk(diff.hunks[at], {spot.row: text for spot, text in here.items() if spot.hunk == at})
    return out


def _file_header(diff: FileDiff) -> list[str]:
    old, new = diff.old_path or diff.new_path, diff.new_path or diff.old_path
    return [visible(squash(line)) for line in (
        f"diff --git a/{old} b/{new}", f"--- a/{old}" if diff.old_path else "--- /dev/null",
        f"+++ b/{new}" if diff.new_path else "+++ /dev/null")]


def _quote_hunk(hunk: Hunk, comments: Mapping[int, Sequence[str]]) -> list[str]:
    header = f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@ {hunk.section}"
    out = [f"> {visible(squash(header))}"]
    quoted = 0
    for row in sorted(comments):
        start = max(quoted, row - CONTEXT)
        if start - quoted < _WORTH_A_MARK:
            start = quoted
        if start > quoted:
            out.append(f"> [ ... skip {start - quoted} lines ... ]")
        out += [_quoted(line.kind + line.text) for line in hunk.lines[start:row + 1]]
        out += ["", *comments[row], ""]
        quoted = row + 1
    return out


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

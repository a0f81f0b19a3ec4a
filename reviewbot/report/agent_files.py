"""The review as the files that b4's review command reads from `.git/b4-review/HEAD/`: a note, and diffs with comments.

Each patch has a file `NNNN.txt`: its whole diff quoted with `> `, no line left out, and comments unquoted below the
lines that they speak of. b4 takes path and line of a comment from the diff around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.report.answerable import spots_of
from reviewbot.report.order import in_report_order, is_new
from reviewbot.report.quoting import Spot
from reviewbot.report.reply import comment_on
from reviewbot.report.words import say_coverage
from reviewbot.review.types import Review
from reviewbot.series.types import FileDiff, Patch
from reviewbot.text import visible

__all__ = ["IDENTITY", "agent_files", "render_agent_files"]

IDENTITY = "reviewbot <reviewbot@localhost>"
"""Whom b4 names beside the comments."""

_HUNK = regex(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")


def agent_files(review: Review) -> dict[str, str]:
    """Return the files by name: who speaks, what is said of the series, and each patch with something to say."""
    spots = spots_of(review)
    told_on = {name: row.arch for row in review.first_page.rows for name in row.because}
    new = [finding for finding in in_report_order(review.findings) if is_new(finding) and finding.fixed_by is None]
    files = {"identity.txt": f"{IDENTITY}\n", "series.txt": _note(review)}
    for patch in review.series.patches:
        mine = [finding for finding in new if finding.patch == patch.index]
        if mine:
            files[f"{patch.index:04d}.txt"] = _patch(patch, mine, spots, told_on)
    return files


def render_agent_files(reviews: Iterable[Review]) -> str:
    """Return the files of the reviews behind each other, each with its name in front, for whoever looks at them."""
    return "".join(f"==> {name} <==\n{text}\n" for one in reviews for name, text in agent_files(one).items())


def _note(review: Review) -> str:
    rows = [f"- {row.statement}" for row in review.first_page.rows if row.verdict != "same"]
    parts = [review.first_page.conclusion, "\n".join(rows), say_coverage(review.coverage)]
    return visible("\n\n".join(part for part in parts if part)) + "\n"


def _patch(patch: Patch, findings: Sequence[Finding], spots: Mapping[str, Spot | None],
           told_on: Mapping[str, tuple[str, ...]]) -> str:
    placed: dict[Spot, list[str]] = {}
    loose: list[str] = []
    for finding in findings:
        spot = spots.get(finding.id)
        if spot is None:
            loose += [*comment_on(finding, told_on, with_place=True), ""]
        else:
            lines = placed.setdefault(spot, [])
            lines += [*([""] if lines else []), *comment_on(finding, told_on, with_place=False)]
    quoted = [line for number, diff in enumerate(patch.files) for line in _diff(diff, {
        (spot.hunk, spot.row): text for spot, text in placed.items() if spot.file == number})]
    return "\n".join([*loose, *quoted]) + "\n"


def _diff(diff: FileDiff, comments: Mapping[tuple[int, int], Sequence[str]]) -> list[str]:
    """Return every line of the file's diff, quoted, and the comments below their lines."""
    out: list[str] = []
    hunk, row = -1, -1
    left = (0, 0)
    for line in diff.raw.removesuffix("\n").split("\n"):
        out.append(f"> {line}")
        if left == (0, 0):
            if _HUNK.match(line) and hunk + 1 < len(diff.hunks):
                hunk, row = hunk + 1, -1
                left = (diff.hunks[hunk].old_count, diff.hunks[hunk].new_count)
            continue
        if line.startswith("\\"):
            continue
        row += 1
        left = (left[0] - (line[:1] in {" ", "-", ""}), left[1] - (line[:1] in {" ", "+", ""}))
        comment = comments.get((hunk, row))
        if comment:
            out += ["", *comment, ""]
    return out

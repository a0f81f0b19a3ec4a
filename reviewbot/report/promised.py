"""The lines that machines are told: of the file after the patch, or of tree and mail where nobody has that file.

Of a file of which hunks have no place, or of which the tree has a part already, the program reads what nobody else can
open: what the hunks show stands there in the stead of functions. There a line is the one that a page tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from reviewbot.findings.types import Cell, Claim, Effect, Evidence, Finding, LevelSetEntry
from reviewbot.patterns import regex
from reviewbot.report.mail_lines import line_to_look_up, renumbered
from reviewbot.review.page import PageRow
from reviewbot.review.types import Review
from reviewbot.source import OverlayTree, tree_below
from reviewbot.source.types import PatchedFile, PatchedTree
from reviewbot.text import decode, squash

__all__ = ["with_promised_lines"]

_MOMENT = regex(r"(?:(?P<side>before|after) )?patch (?P<patch>\d+)(?:/\d+)?")


def with_promised_lines(review: Review) -> Review:
    """Return the review with lines that a reader can open, which is itself where all files are those of the tree."""
    lines = _Lines(review)
    if not lines.needed:
        return review
    page = review.first_page
    conclusion = page.conclusion
    for row in page.rows:
        if row.gist:
            conclusion = conclusion.replace(row.gist, lines.said(row.patch, row.gist, row.file), 1)
    return replace(
        review, findings=tuple(map(lines.finding, review.findings)),
        behaviour=tuple(map(lines.cell, review.behaviour)), claims=tuple(map(lines.claim, review.claims)),
        level_set=tuple(map(lines.entry, review.level_set)),
        first_page=replace(page, conclusion=conclusion, rows=tuple(map(lines.row, page.rows)),
                           left_rows=tuple(map(lines.row, page.left_rows))))


class _Lines:
    """The files of a review that nobody else has, by patch and path."""

    def __init__(self, review: Review) -> None:
        self._series, self._patched = review.series, review.patched
        self._files = _strange(review.patched)

    @property
    def needed(self) -> bool:
        return bool(self._files)

    def finding(self, one: Finding) -> Finding:
        line = self._line(one.patch, one.file, one.line, old=one.side == "old", text=one.code)
        evidence = tuple(self._evidence(step, one.patch) for step in one.evidence)
        message, question, gist = (self.said(one.patch, text, one.file)
                                   for text in (one.message, one.question, one.gist))
        return replace(one, line=line, end_line=max(line, line + one.end_line - one.line) if line else 0,
                       evidence=evidence, message=message, question=question, gist=gist)

    def row(self, one: PageRow) -> PageRow:
        statement, gist = (self.said(one.patch, text, one.file) for text in (one.statement, one.gist))
        return replace(one, line=self._line(one.patch, one.file, one.line), statement=statement, gist=gist)

    def said(self, patch: int, text: str, file: str, *, old: bool = False) -> str:
        """Return a sentence with these lines in each `path:N`, and each `at line N` of its own file."""
        return renumbered(text, file, lambda path, line: self._line(patch, path, line, old=old))

    def claim(self, one: Claim) -> Claim:
        return replace(one, because=tuple(self._evidence(step, one.patch) for step in one.because))

    def entry(self, one: LevelSetEntry) -> LevelSetEntry:
        return replace(one, because=tuple(self._evidence(step, 0) for step in one.because))

    def cell(self, one: Cell) -> Cell:
        patch = int(one.patch) if one.patch.isdigit() else self._last
        return replace(one, before=self._effect(one.before, patch, old=True),
                       after=self._effect(one.after, patch, old=False))

    @property
    def _last(self) -> int:
        return max(state.index for state in self._patched.states)

    def _effect(self, one: Effect, patch: int, *, old: bool) -> Effect:
        return replace(one, resolves_to=self.said(patch, one.resolves_to, "", old=old))

    def _evidence(self, one: Evidence, patch: int) -> Evidence:
        moment = _MOMENT.fullmatch(one.rev)
        if one.kind not in {"source", "patch"} or not one.line:
            return one
        number = int(moment["patch"]) if moment is not None else patch or self._last
        old = moment is not None and moment["side"] == "before"
        return replace(one, line=self._line(number, one.file, one.line, old=old, text=one.text))

    def _line(self, patch: int, path: str, line: int, *, old: bool = False, text: str = "") -> int:
        """Return the line that is told; `text` is what stands there, by which it is found where its place is lost."""
        at = max((index for index, name in self._files if name == path and index <= patch), default=None)
        if at is None or not line:
            return line
        file, old = self._files[at, path], old and at == patch
        content = _squashed((file.before if old else file.after) or b"")
        said = content[line - 1] if 0 < line <= len(content) else ""
        found = 0 if old else line_to_look_up(self._series, self._patched, at, path, line)
        return found or self._by_text(at, path, said or squash(text), old=old)

    def _by_text(self, patch: int, path: str, text: str, *, old: bool) -> int:
        """Return where the mail, or else the tree, has the line with this text, 0 where neither has just one."""
        shown = [number for one in self._series.patches if one.index == patch for diff in one.files
                 if diff.path == path for hunk in diff.hunks for line in hunk.lines
                 if (number := line.old_line if old else line.new_line) and squash(line.text) == text]
        tree = tree_below(self._patched.start)
        return _only(shown) or _only([number for number, line in enumerate(
            _squashed(tree.read(path) or b""), 1) if line == text])


@lru_cache(maxsize=8)  # all that is told of a review asks for the same few files
def _squashed(data: bytes) -> tuple[str, ...]:
    return tuple(squash(line) for line in decode(data).split("\n"))


def _only(numbers: Sequence[int]) -> int:
    return numbers[0] if len(numbers) == 1 else 0


def _strange(patched: PatchedTree) -> dict[tuple[int, str], PatchedFile]:
    """Return the files that are neither the tree's with the patch nor the hunks of a mail, by patch and path."""
    if not patched.states or patched.base.kind == "none":
        return {}
    start = patched.start
    taken = {path for path, content in start.files.items() if content is not None
             and start.base.read(path) is not None} if isinstance(start, OverlayTree) else set()
    return {(state.index, file.path): file for state in patched.states for file in state.files
            if file.path in taken or (file.sections and (file.known_new or file.known_old))}

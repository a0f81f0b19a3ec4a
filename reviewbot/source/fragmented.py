"""Files rebuilt from hunks alone, for series without a tree and for files that a tree's version does not fit.

Every line that a hunk shows stands at the number that the hunk's header implies; lines that no hunk shows are empty.
What one patch showed of a file is remembered for the next patch of the series that touches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from reviewbot.series.types import FileDiff, Hunk, Patch, Series
from reviewbot.source.gitapply import is_copy
from reviewbot.source.lines import as_bytes, ranges
from reviewbot.source.trees import MemoryTree, is_safe_path
from reviewbot.source.types import Applied, Base, LineMap, PatchedFile, PatchedTree, PatchState
from reviewbot.values import dataclass

__all__ = ["FragmentStore", "by_path", "fragments"]

# A header may claim any line number. The longest file of Linux has some 300 000 lines.
MOST_LINES = 1_000_000
MOST_LINES_OF_A_SERIES = 20_000_000


@dataclass(slots=True)
class _Side:
    """The known lines of a file on one side of a patch."""

    lines: dict[int, str] = field(default_factory=dict)

    def content(self, *, last_line_end: bool = True) -> bytes:
        last = max(self.lines, default=0)
        text = "\n".join(self.lines.get(number, "") for number in range(1, last + 1))
        return as_bytes(text + "\n" if last and last_line_end else text)

    def known(self) -> tuple[tuple[int, int], ...]:
        return ranges(self.lines)


class FragmentStore:
    """What is known of each file from the hunks so far, as the patches of a series go by."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._known: dict[str, dict[int, str]] = {}
        self._lines_left = MOST_LINES_OF_A_SERIES

    def apply(self, files: tuple[FileDiff, ...], note: str) -> PatchedFile:
        """Return the file before and after the diffs of one patch for one path, and remember what they showed.

        Several diffs of the same path count as one with all their hunks.
        """
        first, path = files[0], files[-1].path
        hunks = [hunk for file in files for hunk in file.hunks]
        last = _last_line(hunks)
        self._lines_left -= last
        problem = _problem(files, last if self._lines_left > 0 else MOST_LINES_OF_A_SERIES)
        if problem:
            return PatchedFile(
                path=path, old_path=first.old_path, before=None, after=None, added=frozenset(), removed=frozenset(),
                line_map=LineMap(pairs=()), applies="failed", note=f"{problem}; {note}" if note else problem)
        before, after, pairs = self._sides(first, hunks)
        if first.old_path and first.old_path != path and not is_copy(first):
            self._known.pop(first.old_path, None)
        gone, come = files[-1].new_path == "", first.old_path == ""
        if gone:
            self._known.pop(path, None)
        else:
            self._known[path] = after.lines
        open_end = "\n\\ No newline at end of file" in files[-1].raw
        return PatchedFile(
            path=path, old_path=first.old_path,
            before=None if come else before.content(last_line_end=not (gone and open_end)),
            after=None if gone else after.content(last_line_end=not (come and open_end)),
            added=frozenset(line.new_line for hunk in hunks for line in hunk.lines
                            if line.kind == "+" and line.new_line is not None and not gone),
            removed=frozenset(line.old_line for hunk in hunks for line in hunk.lines
                              if line.kind == "-" and line.old_line is not None and not come),
            line_map=LineMap(pairs=pairs), applies="fragment", note=note,
            known_old=() if come else before.known(), known_new=() if gone else after.known())

    def _sides(self, file: FileDiff, hunks: list[Hunk]) -> tuple[_Side, _Side, tuple[tuple[int, int, int], ...]]:
        before, after = _Side(), _Side()
        shown = {line.old_line: line.text for hunk in hunks for line in hunk.lines if line.old_line is not None}
        before.lines.update(_agreeing(self._known.get(file.old_path, {}), shown))
        before.lines.update(shown)
        pairs = _pairs(hunks, max(before.lines, default=0)) if file.old_path and file.new_path else ()
        mapped = LineMap(pairs=pairs)
        for number, text in before.lines.items():
            new = mapped.to_new(number)
            if new is not None:
                after.lines[new] = text
        after.lines.update({line.new_line: line.text for hunk in hunks for line in hunk.lines
                            if line.new_line is not None})
        return before, after, pairs


def _last_line(hunks: list[Hunk]) -> int:
    return max((number or 0 for hunk in hunks for line in hunk.lines[-1:] + hunk.lines[:1]
                for number in (line.old_line, line.new_line)), default=0)


def _problem(files: tuple[FileDiff, ...], last_line: int) -> str:
    if any(not is_safe_path(path) for file in files for path in (file.old_path, file.new_path) if path):
        return "its path leaves the tree"
    if any(file.binary for file in files):
        return "a binary file, which is not looked at"
    if last_line > MOST_LINES:
        return f"its hunks name more than {MOST_LINES} lines"
    return ""


def _agreeing(known: Mapping[int, str], shown: Mapping[int, str]) -> dict[int, str]:
    """Return the earlier known lines, without each run of lines that the hunks now show otherwise."""
    return {number: known[number] for first, last in ranges(known)
            if all(shown.get(number, known[number]) == known[number] for number in range(first, last + 1))
            for number in range(first, last + 1)}


def _pairs(hunks: Iterable[Hunk], last: int) -> tuple[tuple[int, int, int], ...]:
    """Return the unchanged runs up to line `last` of the old file, as the hunk headers imply them."""
    pairs: list[tuple[int, int, int]] = []

    def add(old: int, new: int, length: int) -> None:
        if length <= 0:
            return
        if pairs and pairs[-1][0] + pairs[-1][2] == old and pairs[-1][1] + pairs[-1][2] == new:
            pairs[-1] = (pairs[-1][0], pairs[-1][1], pairs[-1][2] + length)
        else:
            pairs.append((old, new, length))

    old = new = 1
    for hunk in hunks:
        # A side without lines is named by the line before it.
        hunk_old = hunk.old_start + (hunk.old_count == 0)
        hunk_new = hunk.new_start + (hunk.new_count == 0)
        add(old, new, min(hunk_old - old, hunk_new - new))
        old, new = max(old, hunk_old), max(new, hunk_new)
        for line in hunk.lines:
            if line.kind == " " and line.old_line is not None and line.new_line is not None:
                if line.old_line >= old and line.new_line >= new:
                    add(line.old_line, line.new_line, 1)
                    old, new = line.old_line + 1, line.new_line + 1
            elif line.kind == "-" and line.old_line is not None:
                old = max(old, line.old_line + 1)
            elif line.new_line is not None:
                new = max(new, line.new_line + 1)
    add(old, new, last + 1 - old)
    return tuple(pairs)


def by_path(patch: Patch) -> list[tuple[FileDiff, ...]]:
    """Return the diffs of a patch, those of the same path together, in the order of the patch."""
    groups: dict[str, list[FileDiff]] = {}
    for file in patch.files:
        groups.setdefault(file.path, []).append(file)
    return [tuple(group) for group in groups.values()]


def fragments(series: Series, *, kernel: str = "", note: str = "no tree: only the lines of its hunks are known",
              ) -> PatchedTree:
    """Return the series on nothing: every file before and after each patch as far as the hunks show it.

    `kernel` is the version that the caller names for it (`6.12`), carried along in the base.
    """
    store = FragmentStore()
    steps = [(patch, tuple(store.apply(group, note) for group in by_path(patch))) for patch in series.patches]
    view: dict[str, bytes] = {}
    made: set[str] = set()
    for _, files in steps:
        for file in files:
            # Until a patch touches a file it is what that patch found.
            if file.before is not None and file.old_path not in made:
                view.setdefault(file.old_path, file.before)
            made.add(file.path)
    states = []
    for patch, files in steps:
        worst: Applied = "failed" if any(file.applies == "failed" for file in files) else "fragment"
        before = dict(view)
        before.update({file.old_path: file.before for file in files if file.before is not None})
        view = dict(before)
        for file, group in zip(files, by_path(patch), strict=True):
            if file.old_path and file.old_path != file.path and not is_copy(group[0]):
                view.pop(file.old_path, None)
            if file.after is not None:
                view[file.path] = file.after
            elif file.applies != "failed":
                view.pop(file.path, None)
        states.append(PatchState(
            index=patch.index, files=files, applies=worst, note=note,
            before=MemoryTree(before, kind="none"), after=MemoryTree(view, kind="none")))
    return PatchedTree(base=Base(kind="none", rev="", kernel=kernel, how="none"), states=tuple(states))

"""The line that a reader can look up: the tree's, or the mail's where only the mail shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from reviewbot.cfacts import squash_c
from reviewbot.findings.types import Finding
from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff, Series
from reviewbot.source import OverlayTree, tree_below
from reviewbot.source.lines import as_bytes
from reviewbot.source.types import PatchedFile, PatchedTree

__all__ = ["line_to_look_up", "lines_told", "renumbered", "with_lines_to_look_up"]

_SOURCES = frozenset({"source", "patch"})
_TOLD = regex(r"(?<![\w/.-])(?P<path>[\w.+-]+(?:/[\w.+-]+)+\.[chS]):(?P<at>[1-9]\d{0,6})\b"
              r"|\bat line (?P<line>[1-9]\d{0,6})\b")
_AROUND = 4  # lines on both sides that tell a line from others like it


def line_to_look_up(series: Series, patched: PatchedTree, patch: int, path: str, line: int) -> int:
    """Return the number that the mail's hunk gives the line, as the patch leaves it; of other lines the tree's.

    Hunks without a place stand close together where their function is, at lines that neither tree nor mail has. Of a
    file that has some of the series already it is the line where the tree has it. 0 is a line that cannot be matched
    with any.
    """
    file = next((file for state in patched.states if state.index == patch for file in state.files
                 if file.path == path), None)
    if file is None:
        return line
    if shown := _shown_in_mail(series, file, patch, path, line):
        return shown
    start = patched.start
    taken = isinstance(start, OverlayTree) and start.files.get(path) is not None
    if file.after is not None and (taken or file.sections):
        own = tree_below(start).read(path)
        if own is not None:
            return 0 if _is_apart(file, line) and not taken else _line_in(file.after, line, own)
    return 0 if not file.whole and _is_apart(file, line) else line


def lines_told(series: Series, patched: PatchedTree, patch: int, text: str, file: str = "") -> str:
    """Return a sentence about that patch in which each `path:N`, and each `at line N` of its own file, has the number
    that a reader can look up; a number that nobody can look up is left out with its path kept."""
    touching = _touching(patched, patch)
    return renumbered(text, file, lambda path, line: line_to_look_up(series, patched, touching[path], path, line)
                      if path in touching else line)


def renumbered(text: str, file: str, number: Callable[[str, int], int]) -> str:
    """Return a sentence with another number in each `path:N`, and each `at line N` of its own file: what `number` gives
    for the path and the line. Where that is 0, a path stands alone, and `at line N` stays."""
    def told(found: re.Match[str]) -> str:
        line = number(found["path"] or file, int(found["at"] or found["line"]))
        if found["path"]:
            return f"{found['path']}:{line}" if line else found["path"]
        return f"at line {line}" if line else found[0]

    return _TOLD.sub(told, text)


def with_lines_to_look_up(series: Series, patched: PatchedTree, finding: Finding) -> Finding:
    """Return the finding whose proof in the sources that the series touches stands at lines that a reader can look up,
    those that its sentences name as well.
    """
    touching = _touching(patched, finding.patch)
    message, question, gist = (lines_told(series, patched, finding.patch, text, finding.file)
                               for text in (finding.message, finding.question, finding.gist))
    return replace(finding, message=message, question=question, gist=gist, evidence=tuple(
        replace(one, line=line_to_look_up(series, patched, touching[one.file], one.file, one.line))
        if one.kind in _SOURCES and one.line and one.file in touching else one for one in finding.evidence))


def _touching(patched: PatchedTree, patch: int) -> dict[str, int]:
    """Return the files that the series has touched up to the patch, each with the last patch that did: its numbers hold
    until then."""
    return {file.path: state.index for state in patched.states if state.index <= patch for file in state.files}


@lru_cache(maxsize=8)  # all that is told of a review asks for the same few files
def _squashed(data: bytes) -> tuple[str, ...]:
    return tuple(squash_c(line) for line in data.split(b"\n"))


def _line_in(after: bytes, line: int, own: bytes) -> int:
    """Return where the tree has the line that stands there after the patch, for a file of which parts were taken out
    before the series was put on it; 0 where it does not have it or may mean another one."""
    lines, there = _squashed(after), _squashed(own)
    wanted = lines[max(0, line - 1 - _AROUND):line + _AROUND]
    middle = min(line - 1, _AROUND)
    if not 0 < line <= len(lines) or not wanted[middle]:
        return 0
    alike = {number: sum(0 <= number - middle + at < len(there) and there[number - middle + at] == text
                         for at, text in enumerate(wanted))
             for number, text in enumerate(there) if text == wanted[middle]}
    best = max(alike.values(), default=0)
    found = [number for number, count in alike.items() if count == best]
    return found[0] + 1 if len(found) == 1 and best > 1 else 0


def _diff(series: Series, patch: int, path: str) -> FileDiff | None:
    return next((diff for one in series.patches if one.index == patch for diff in one.files if diff.path == path), None)


def _shown_in_mail(series: Series, file: PatchedFile, patch: int, path: str, line: int) -> int:
    """Return the mail's number of a line that one of its hunks shows with this text, 0 where none does."""
    diff, added = _diff(series, patch, path), sorted(file.added)
    if diff is None or not added or file.after is None:
        return 0
    lines = {one.new_line: one for hunk in diff.hunks for one in hunk.lines if one.kind != "-"}
    mailed = [number for number, one in lines.items() if number and one.kind == "+"]
    now = file.after.split(b"\n")
    if not 0 < line <= len(now):
        return 0
    near = min(range(len(added)), key=lambda number: abs(added[number] - line))
    number = mailed[near] + line - added[near] if len(mailed) == len(added) else 0
    if number in lines and squash_c(as_bytes(lines[number].text)) == squash_c(now[line - 1]):
        return number
    added_too = line in file.added
    if not added_too and not _is_apart(file, line):
        return 0
    shown = list(lines.items())
    there = _line_in(file.after, line, b"\n".join(as_bytes(one.text) for _, one in shown))
    return shown[there - 1][0] or 0 if there and (shown[there - 1][1].kind == "+") == added_too else 0


def _is_apart(file: PatchedFile, line: int) -> bool:
    starts = {new for _, new, _ in file.sections}
    return any(first in starts and first <= line <= last for first, last in file.known_new)

"""Functions as single hunks show them, for hunks that have no certain place in the tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from itertools import pairwise

from reviewbot.contracts.outline import Outline, outlines_of
from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff, Hunk, Series
from reviewbot.source.lines import as_bytes
from reviewbot.source.types import PatchedFile, PatchState
from reviewbot.text import decode, squash
from reviewbot.values import dataclass

__all__ = ["diffs_of", "hunk_functions", "joined_functions", "outline_line", "placed_line"]

_NAME = regex(r"\b(\w+)\s*\(")
_DIRECTIVES = ("#if", "#el", "#endif")
_AROUND = 3  # lines on both sides that tell a line from others like it
_HEAD = regex(r"[A-Za-z_][^;=]*\(")


@dataclass(slots=True)
class _Part:
    """Lines of one function that stand together, each with its number; `ends`: up to its last one."""

    name: str
    lines: list[tuple[int, str]] = field(default_factory=list)
    ends: bool = False


def diffs_of(series: Series, state: PatchState, endings: tuple[str, ...] = (".c", ".h")
             ) -> Iterator[tuple[PatchedFile, FileDiff]]:
    """Yield the files with these endings that are there after a patch, each with its part of the mail."""
    files = {file.path: file for file in state.files if file.path.endswith(endings)}
    for diff in (diff for patch in series.patches if patch.index == state.index for diff in patch.files):
        if diff.new_path in files:
            yield files[diff.new_path], diff


def hunk_functions(diff: FileDiff) -> Iterator[tuple[Outline | None, Outline]]:
    """Yield for each hunk what it shows of functions, before (None: nothing) and after, the lines with their numbers.

    What stands between the braces that a hunk does not show is not known: only what one hunk shows stands together.
    """
    for hunk in diff.hunks:
        old = {part.name: part for part in _parts(hunk, "-", hunk.old_start)}
        for part in _parts(hunk, "+", hunk.new_start):
            new, was = _outline(diff.path, part), old.get(part.name)
            if new is not None:
                yield _outline(diff.path, was) if was is not None else None, new


def joined_functions(diff: FileDiff) -> Iterator[tuple[Outline | None, Outline]]:
    """Yield the functions of which several hunks show lines, all of these as one, before (None: nothing) and after.

    What stands between them is not known: what it opens and closes is put there, and no more.
    """
    old = {part.name: part for part in _joined(diff, "-")}
    for part in _joined(diff, "+"):
        new, was = _outline(diff.path, part), old.get(part.name)
        if new is not None:
            yield _outline(diff.path, was) if was is not None else None, replace(new, cut=True)


def _joined(diff: FileDiff, kind: str) -> list[_Part]:
    found: list[_Part] = []
    several: set[str] = set()
    open_one, left = None, 0  # the last function that a hunk did not end, and the braces that it has open
    for hunk in diff.hunks:
        parts = _parts(hunk, kind, hunk.old_start if kind == "-" else hunk.new_start)
        first = parts[0] if parts else None
        if first is not None and open_one is not None and first.name == open_one.name:
            rest = _whole_statements(first.lines)
            opened, closed = _depths(rest)
            if open_one.lines[-1][0] + 1 < (rest[0][0] if rest else 0):
                open_one.lines += [(open_one.lines[-1][0] + 1, "}" * left + "{" * -closed), *rest]
                open_one.ends = first.ends
                left = opened
                several.add(first.name)
            parts = parts[1:]
        found += parts
        if parts:
            open_one, left = parts[-1], _depths(parts[-1].lines)[0]
        if open_one is not None and open_one.ends:
            open_one = None
    return [part for part in found if part.name in several]


def _depths(lines: list[tuple[int, str]]) -> tuple[int, int]:
    """Return how many braces lines leave open, and how many that they do not open they close, below 0."""
    depth = lowest = 0
    for _, text in lines:
        for char in text if "{" in text or "}" in text else "":
            depth += (char == "{") - (char == "}")
            lowest = min(lowest, depth)
    return depth - lowest, lowest


def placed_line(series: Series, patch: int, file: PatchedFile, line: int) -> int:
    """Return where the line that the mail's hunk gives this number stands in the file after the patch, as its hunks
    were placed; the same number where that cannot be told. Of hunks without a place the mail's lines are no others."""
    if file.after is None or (file.applies == "clean" and not file.sections):
        return line
    mailed, mine = _mailed(series, patch, file)
    if line not in mailed:
        return line
    now, added = ["", *(squash(text) for text in decode(file.after).splitlines())], sorted(file.added)
    if line in mine and len(mine) == len(added) and now[added[mine.index(line)]] == mailed[line]:
        return added[mine.index(line)]
    score = {number: sum(0 < number + step < len(now) and now[number + step] == mailed.get(line + step)
                         for step in range(-_AROUND, _AROUND + 1)) for number, text in enumerate(now)
             if number and text == mailed[line]}
    best = [number for number, count in score.items() if count == max(score.values())]
    return best[0] if len(best) == 1 else line


def outline_line(series: Series, patch: int, file: PatchedFile, line: int) -> int:
    """Return where a line of what `hunk_functions` or the file itself shows stands in the file after the patch: only
    what a hunk without a place shows has the mail's number."""
    if not file.sections or file.after is None:
        return line
    mailed, now = _mailed(series, patch, file)[0], decode(file.after).splitlines()
    stands = 0 < line <= len(now) and squash(now[line - 1]) == mailed.get(line)
    return line if stands else placed_line(series, patch, file, line)


def _mailed(series: Series, patch: int, file: PatchedFile) -> tuple[dict[int, str], list[int]]:
    """Return what the hunks of the mail leave of the file, by line, and the lines that they add, in order."""
    shown = [one for patched in series.patches if patched.index == patch for diff in patched.files
             if diff.new_path == file.path for hunk in diff.hunks for one in hunk.lines if one.kind != "-"]
    return ({one.new_line or 0: squash(one.text) for one in shown},
            [one.new_line or 0 for one in shown if one.kind == "+"])


def _parts(hunk: Hunk, kind: str, start: int) -> list[_Part]:
    named = _NAME.search(hunk.section)
    part: _Part | None = _Part(named[1]) if named else None
    found: list[_Part] = []
    head, cut = "", False
    lines = [line.text for line in hunk.lines if line.kind in {" ", kind}]
    for number, text in enumerate(lines, start):
        if text.lstrip().startswith(_DIRECTIVES):
            cut = part is not None  # of a function with several readings none is taken
        elif text.startswith("}"):
            if part is not None and not cut:
                part.ends = True
                found.append(part)
            part, head, cut = None, "", False
        elif text.startswith("{"):
            named = _NAME.search(head)
            part, cut = _Part(named[1]) if named else None, False
        elif _HEAD.match(text):
            part, head, cut = None, text, False
        elif part is not None:
            part.lines.append((number, text))
        else:
            head += text
    return [one for one in (*found, *([part] if part is not None and not cut else [])) if one.lines]


def _outline(path: str, part: _Part) -> Outline | None:
    lines = _whole_statements(part.lines)
    if not lines or lines[0][0] < 2:
        return None
    left, lowest = _depths(lines)
    first = lines[0][0]
    head = "\n" * (first - 2) + f"static void {part.name}(void) {{{'{' * -lowest}\n"
    gaps = (at - before - 1 for (before, _), (at, _) in pairwise(lines))
    body = lines[0][1] + "".join("\n" * (gap + 1) + text for gap, (_, text) in zip(gaps, lines[1:], strict=True))
    data = as_bytes(f"{head}{body}\n{'}' * (left + 1)}\n")
    read = next(outlines_of(path, data, [len(head) + 1], most=1), ())
    return replace(read[0], cut=not part.ends) if read else None


def _whole_statements(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the lines without the end of a statement that begins above the hunk, with blanks for what is gone."""
    depth = 0
    for at, (_, text) in enumerate(lines):
        depth += text.count("(") - text.count(")")
        if depth < 0:
            return lines[at + 1:]
    return lines

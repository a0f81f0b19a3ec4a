"""The diff in a mail: one `FileDiff` a file, whatever stands before, between and behind.

Where a file's part begins and ends is decided here, by the counts in the hunk headers, since a mail goes on behind
its diff (signature, base, list footer). The lines of the hunks are then read by the unidiff library.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import Literal

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from reviewbot.mail.unread_forms import unread_form
from reviewbot.patterns import regex
from reviewbot.series.damage import is_remainder, looks_damaged, mend
from reviewbot.series.paths import DEV_NULL, is_safe, split_git_header, stands_for_nothing, strip_prefixes, unquote
from reviewbot.series.types import DiffLine, FileDiff, Hunk
from reviewbot.text import clip, visible
from reviewbot.values import dataclass

__all__ = ["Diff", "has_diff", "parse_diff"]

HUNK_LINES = 400_000
"""Lines of hunks that are read from one mail; a larger patch keeps its raw text and says so."""

FILES = 20_000
"""Files that are read from one mail; the rest is named in a notice."""

# A composer may have broken the end of a plain header's line, most often its time stamp, off.
_BROKEN_OFF = r"(?:(?!\+\+\+ |@@ -)[^\s@][^\n]{0,200}\n)?"
_START = regex(rf"^(?:diff --git .+|(?:diff -.*\n|Index: .*\n=+\n)?--- \S.*\n{_BROKEN_OFF}\+\+\+ \S.*\n"
               rf"{_BROKEN_OFF}@@ -\d)", re.MULTILINE)
_SPACED_START = regex(r"^--- \S.*\n[ \t]*\n\+\+\+ \S.*\n[ \t]*\n@@ -\d", re.MULTILINE)
_HUNK = regex(r"^@@ -(\d{1,8})(?:,(\d{1,8}))? \+(\d{1,8})(?:,(\d{1,8}))? @@")
_INDEX = regex(r"^index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: [0-7]{5,6})?\s*$")
_EXTENDED = regex(r"^(?:old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to|"
                  r"rename old|rename new|similarity index|dissimilarity index|index )")
_BINARY = regex(r"^(?:Binary files? .* differ|GIT binary patch)\s*$")
_BINARY_DATA = regex(r"^(?:literal \d+|delta \d+|[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+)?$")
_KINDS: dict[str, Literal[" ", "+", "-"]] = {" ": " ", "+": "+", "-": "-"}
_DATED = regex(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_ZERO = regex(r"^0+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """All files of one diff, the character of the text at which it starts (its length: there is none), and notices.

    `warnings` name what could not be read; `mended` says what a mailer did to the diff that was undone, or is empty.
    """

    files: tuple[FileDiff, ...]
    start: int
    warnings: tuple[str, ...]
    mended: str = ""


@dataclass(slots=True, kw_only=True)
class _File:
    """One file's part while it is being read: lines `first` to `end` of the text, its hunks as line ranges."""

    first: int
    end: int = 0
    names: tuple[str, str] | None = None
    old: str = ""
    new: str = ""
    moved: dict[str, str] = field(default_factory=dict)
    created: bool = False
    deleted: bool = False
    binary: bool = False
    blobs: tuple[str, str] = ("", "")
    hunks: list[tuple[int, int]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Scan:
    """Where the reading of the lines stands."""

    lines: list[str]
    at: int
    read: int = 0

    def line(self, ahead: int = 0) -> str | None:
        """Return the current line (or one further on), None behind the end."""
        return self.lines[self.at + ahead] if self.at + ahead < len(self.lines) else None


def has_diff(text: str) -> bool:
    """Return whether an unquoted diff stands in the text."""
    return bool(_find_start(text))


def _find_start(text: str) -> re.Match[str] | None:
    found = _START.search(text) or _SPACED_START.search(text)
    return None if found and unread_form(text[found.start():]) else found


def parse_diff(text: str) -> Diff:
    """Return the diff in the text, with what a mailer did to it undone where that is certain.

    Never raises: a hunk that cannot be read becomes a notice, and its file keeps its raw text.
    """
    found = _find_start(text)
    if not found:
        return Diff(files=(), start=len(text), warnings=())
    start = found.start()
    files, warnings = _read_files(text[start:])
    mended = ""
    if (warnings or not any(file.hunks for file in files) or looks_damaged(text[start:])) \
            and text.count("\n", start) <= HUNK_LINES:
        whole, what = mend(text[start:])
        again, left = _read_files(whole) if what else (files, warnings)
        if len(left) < len(warnings) or (what and len(left) == len(warnings) and _weight(again) >= _weight(files)):
            files, warnings, mended = again, left, what
    return Diff(files=files, start=start, warnings=warnings, mended=mended)


def _weight(files: tuple[FileDiff, ...]) -> int:
    return sum(len(hunk.lines) for file in files for hunk in file.hunks)


def _read_files(text: str) -> tuple[tuple[FileDiff, ...], tuple[str, ...]]:
    """Return every file of the diff as it stands, and what could not be read."""
    lines = text.split("\n")
    scan = _Scan(lines=lines, at=0)
    files: list[FileDiff] = []
    warnings: list[str] = []
    while (current := _next_file(scan, warnings)) is not None:
        if len(files) + len(warnings) > FILES:
            warnings.append(f"the diff has more than {FILES} files; the rest is not read")
            break
        diff = _finish(current, lines, warnings, whole=scan.read <= HUNK_LINES)
        if diff is not None:
            files.append(diff)
    return tuple(files), tuple(dict.fromkeys(warnings))


def _at_plain_header(scan: _Scan) -> bool:
    line, second, third = scan.line(), scan.line(1), scan.line(2)
    return (line is not None and line.startswith("--- ") and second is not None and second.startswith("+++ ")
            and third is not None and third.startswith("@@ -"))


def _next_file(scan: _Scan, warnings: list[str]) -> _File | None:
    """Return the next file's part with the scan behind it, or None at the end of the text."""
    while (line := scan.line()) is not None:
        if line.startswith("diff --git "):
            current = _File(first=scan.at, names=split_git_header(line[len("diff --git "):].rstrip()))
            scan.at += 1
            _read_extended(scan, current)
            return _read_content(scan, current)
        if line.startswith(("diff --cc ", "diff --combined ")):
            warnings.append("a combined diff (of a merge) is not read")
        elif _at_plain_header(scan):
            return _read_content(scan, _File(first=scan.at))
        scan.at += 1
    return None


def _read_extended(scan: _Scan, current: _File) -> None:
    """Read git's header lines between `diff --git` and the content."""
    while (line := scan.line()) is not None and _EXTENDED.match(line):
        index = _INDEX.match(line)
        if index:
            current.blobs = (index.group(1), index.group(2))
        elif line.startswith("new file mode"):
            current.created = True
        elif line.startswith("deleted file mode"):
            current.deleted = True
        else:
            words = line.split(" ", 2)
            if words[0] in {"rename", "copy"} and len(words) == 3:
                current.moved["old" if words[1] in {"from", "old"} else "new"] = unquote(words[2])
        scan.at += 1


def _read_content(scan: _Scan, current: _File) -> _File:
    """Read the names and hunks, or the binary data, of a file."""
    line, second = scan.line(), scan.line(1)
    if line is not None and line.startswith("--- ") and second is not None and second.startswith("+++ "):
        current.old, current.new = unquote(line[4:]), unquote(second[4:])
        if current.names is None:
            # A plain diff says with its time stamps, or its counts, what git says with `new file mode`.
            third = scan.line(2) or ""
            dated = "\t" in line.rstrip() or "\t" in second.rstrip() or bool(_DATED.search(line))
            current.created = stands_for_nothing(line[4:]) or (third.startswith("@@ -0,0 ") and not dated)
            current.deleted = stands_for_nothing(second[4:]) or (" +0,0 @@" in third and not dated)
        scan.at += 2
        while (line := scan.line()) is not None and line.startswith("@@ "):
            _read_hunk(scan, current)
    elif line is not None and _BINARY.match(line):
        current.binary = True
        scan.at += 1
        while line.startswith("GIT") and (data := scan.line()) is not None and _BINARY_DATA.match(data):
            scan.at += 1
    current.end = scan.at
    return current


def _read_hunk(scan: _Scan, current: _File) -> None:
    """Read one hunk by the counts of its header; a broken one leaves the scan at the next hunk or file."""
    first = scan.at
    header = _HUNK.match(scan.lines[first])
    number = len(current.hunks) + len(current.problems) + 1
    scan.at += 1
    if not header:
        current.problems.append(f"hunk {number} is damaged: it has no readable header")
        _resume(scan)
        return
    old, new = (1 if count is None else int(count) for count in (header.group(2), header.group(4)))
    while old > 0 or new > 0:
        kind = (scan.line() or " ")[0] if scan.line() is not None else None
        if kind is None or kind not in " +-\\":
            current.problems.append(f"hunk {number} is damaged: it is shorter than its header says")
            _resume(scan)
            return
        old -= kind in " -"
        new -= kind in " +"
        scan.at += 1
    if (line := scan.line()) is not None and line.startswith("\\"):
        scan.at += 1
    if old < 0 or new < 0 or _goes_on(scan):
        current.problems.append(f"hunk {number} is damaged: it does not have the lines that its header says")
        _resume(scan)
        return
    current.hunks.append((first, scan.at))
    scan.read += scan.at - first


def _goes_on(scan: _Scan) -> bool:
    """Return whether the line behind a full hunk still looks like one of its lines."""
    line = scan.line()
    if not line or line.startswith(("--- ", "-- ")) or line.rstrip() in {"--", "---"}:
        return False
    if line[0] in "+-":
        return line[0] == "+" or not line.startswith("--")
    return line[0] not in " \t\\" and is_remainder(line, scan.lines[scan.at - 1])


def _resume(scan: _Scan) -> None:
    """Move to the next line at which a hunk or file can begin, or to the signature."""
    while (line := scan.line()) is not None:
        if line.startswith(("@@ -", "diff --git ")) or line == "-- " or _at_plain_header(scan):
            return
        scan.at += 1


def _finish(current: _File, lines: list[str], warnings: list[str], *, whole: bool) -> FileDiff | None:
    """Return the finished file, or None (with a notice) when its name is unreadable or leaves the tree.

    `whole` is false when the mail has used up its lines: the file then keeps its raw text only.
    """
    paths = _paths(current)
    shown = clip(visible(lines[current.first]), 100)
    if paths is None:
        warnings.append(f"the file name in '{shown}' cannot be read; its change is left out")
        return None
    if not all(is_safe(path) for path in paths) or not any(paths):
        warnings.append(f"the file name in '{shown}' leaves the tree; its change is left out")
        return None
    old, new = paths
    warnings.extend(f"{visible(new or old)}: {problem}" for problem in current.problems)
    hunks, problem = _hunks(current, lines) if whole else ((), f"beyond {HUNK_LINES} lines of hunks nothing is read")
    if problem:
        warnings.append(f"{visible(new or old)}: {problem}")
    return FileDiff(old_path=old, new_path=new, old_blob=current.blobs[0], new_blob=current.blobs[1],
                    binary=current.binary, hunks=hunks, raw="\n".join(lines[current.first:current.end]) + "\n")


def _paths(current: _File) -> tuple[str, str] | None:
    if current.moved.get("old") and current.moved.get("new"):
        return current.moved["old"], current.moved["new"]
    if current.old and current.new:
        old, new = strip_prefixes(current.old, current.new)
    elif current.names is not None:
        old, new = strip_prefixes(*current.names)
    else:
        return None
    created = current.created or current.old == DEV_NULL or bool(_ZERO.match(current.blobs[0]))
    deleted = current.deleted or current.new == DEV_NULL or bool(_ZERO.match(current.blobs[1]))
    return ("" if created else old), ("" if deleted else new)


def _hunks(current: _File, lines: list[str]) -> tuple[tuple[Hunk, ...], str]:
    """Return the hunks as unidiff reads them, and a notice when it does not."""
    if not current.hunks:
        return (), ""
    text = "\n".join("\n".join(lines[first:end]) for first, end in current.hunks)
    try:
        parsed = PatchSet(f"--- a/file\n+++ b/file\n{text}\n")
    except (UnidiffParseError, ValueError, IndexError, AttributeError) as error:
        return (), f"the hunks cannot be read ({clip(visible(str(error)), 60)})"
    if len(parsed) != 1:
        return (), "the hunks cannot be told apart"
    hunks = []
    for hunk in parsed[0]:
        # A side that has lines begins with line 1, whatever the header says: there is no line 0.
        old, new = int(hunk.source_start == 0 < hunk.source_length), int(hunk.target_start == 0 < hunk.target_length)
        read = tuple(DiffLine(kind=_KINDS[line.line_type], text=line.value.removesuffix("\n"),
                              old_line=_moved(line.source_line_no, old), new_line=_moved(line.target_line_no, new))
                     for line in hunk if line.line_type in _KINDS)
        hunks.append(Hunk(old_start=hunk.source_start + old, old_count=hunk.source_length,
                          new_start=hunk.target_start + new, new_count=hunk.target_length,
                          section=hunk.section_header, lines=read))
    return tuple(hunks), ""


def _moved(number: int | None, by: int) -> int | None:
    return None if number is None else number + by

"""`git apply` on a temporary index, and what its messages say about each file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewbot.errors import TreeError
from reviewbot.series.types import FileDiff
from reviewbot.source.lines import as_bytes
from reviewbot.source.objects import TreeEntry
from reviewbot.source.sandbox import Sandbox, first_error
from reviewbot.text import clip, squash

__all__ = ["Attempt", "Group", "Index", "Outcome", "patch_bytes"]

Group = tuple[FileDiff, ...]
"""The diffs that one patch has for one path; nearly always one."""

_SUCCEEDED = re.compile(r"Hunk #(\d+) succeeded at (\d+) \(offset (-?\d+) lines?\)")
_REDUCED = re.compile(r"Context reduced to \((\d+)/(\d+)\) to apply fragment at (\d+)")
_FAILED_AT = re.compile(r"error: patch failed: .*:(\d+)$")
_HUNK = re.compile(r"(?m)^@@ -(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What git said about the diffs of one path: its error (empty: they apply) and where hunks landed.

    `offsets` lists (hunk's number, line, lines it was off); `reduced` lists (hunk's number or 0 when git does not
    say, leading, trailing, line) for each hunk that needed less context, in order. With less context the line is
    that of the first line of context that was kept.
    """

    error: str = ""
    offsets: tuple[tuple[int, int, int], ...] = ()
    reduced: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One run of `git apply`: whether all was applied, and the outcome of each group when git told them apart."""

    applied: bool
    error: str
    outcomes: tuple[Outcome, ...] | None


def patch_bytes(groups: Sequence[Group]) -> bytes:
    """Return the diffs as one patch that git reads."""
    parts = [file.raw if file.raw.endswith("\n") else f"{file.raw}\n" for group in groups for file in group]
    return as_bytes("".join(parts))


class Index:
    """A temporary git index that holds only the files that a series touches."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        """Take the place of the index file; it need not exist."""
        self._sandbox, self._path = sandbox, path

    def fill(self, entries: dict[str, TreeEntry]) -> None:
        """Make these files the whole content of the index."""
        self._path.unlink(missing_ok=True)
        lines = b"".join(b"%06o %s\t%s\0" % (mode, oid.encode(), as_bytes(path))
                         for path, (mode, oid) in sorted(entries.items()))
        self._sandbox.must("update-index", "-z", "--index-info", stdin=lines, index=self._path)

    def entries(self) -> dict[str, TreeEntry]:
        """Return mode and blob id of every file in the index."""
        entries: dict[str, TreeEntry] = {}
        for line in self._sandbox.must("ls-files", "-s", "-z", index=self._path).split(b"\0"):
            meta, _, path = line.partition(b"\t")
            if path:
                mode, oid, _ = meta.decode("ascii").split(" ")
                entries[path.decode("utf-8", "surrogateescape")] = (int(mode, 8), oid)
        return entries

    def apply(self, groups: Sequence[Group], *options: str) -> Attempt:
        """Return how `git apply` went; when one file fails nothing is applied."""
        done = self._sandbox.run("apply", "--cached", "-v", "-p1", "--whitespace=nowarn", *options, "-",
                                 stdin=patch_bytes(groups), index=self._path)
        sections = _sections(done.err)
        count = sum(len(group) for group in groups)
        outcomes: tuple[Outcome, ...] | None = None
        if len(sections) == count:
            position, read = 0, []
            for group in groups:
                read.append(_outcome(group, [line for section in sections[position:position + len(group)]
                                             for line in section]))
                position += len(group)
            outcomes = tuple(read)
        error = "" if done.status == 0 else first_error(done.err)
        if error and outcomes is not None and not any(outcome.error for outcome in outcomes):
            outcomes = None
        if error and outcomes is None and len(groups) == 1:
            outcomes = (Outcome(error=error),)
        return Attempt(applied=done.status == 0, error=error, outcomes=outcomes)

    def would_reverse(self, group: Group) -> bool:
        """Return whether the reverse of the diffs applies: their change is in the files already."""
        try:
            return self.apply([group], "--reverse", "--check").applied
        except TreeError:
            return False


def _sections(messages: str) -> list[list[str]]:
    """Return the lines of `git apply -v` about each diff, in the order of the patch."""
    sections: list[list[str]] = []
    for line in messages.splitlines():
        if line.startswith("Checking patch "):
            sections.append([])
        elif line.startswith("Applied patch "):
            break
        if sections:
            sections[-1].append(line)
    return sections


def _outcome(group: Group, lines: list[str]) -> Outcome:
    offsets, reduced, errors = [], [], []
    quoting = False  # behind "while searching for:" stand lines of the patch, which may look like anything
    for line in lines:
        if line.startswith("error: while searching for:"):
            quoting = True
        elif quoting and not _FAILED_AT.match(line):
            continue
        elif line.startswith("error:"):
            quoting = False
            errors.append(line.removeprefix("error:").strip())
        elif found := _SUCCEEDED.match(line):
            offsets.append((int(found[1]), int(found[2]), int(found[3])))
        elif found := _REDUCED.match(line):
            line_number = int(found[3])
            # git names the hunk only in the message before, and only when the hunk was also off its place.
            hunk = offsets[-1][0] if offsets and offsets[-1][1] == line_number else 0
            reduced.append((hunk, int(found[1]), int(found[2]), line_number))
    error = clip(squash(errors[0]), 200) if errors else ""
    failed = _FAILED_AT.match(f"error: {error}")
    if failed:
        error += _which_hunk(group, int(failed[1]))
    return Outcome(error=error, offsets=tuple(offsets), reduced=tuple(reduced))


def _which_hunk(group: Group, line: int) -> str:
    starts = [int(start) for file in group for start in _HUNK.findall(file.raw)]
    return f" (hunk {starts.index(line) + 1} of {len(starts)})" if line in starts else ""

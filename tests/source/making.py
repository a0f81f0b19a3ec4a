"""Series made of plain diffs, for the tests of this room: they must not depend on how mails are read."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from reviewbot.mail.types import Address
from reviewbot.series.types import DiffLine, FileDiff, Hunk, Patch, Series

WRITER = Address(name="A Writer", email="writer@example.org")
QUIET = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin:/usr/local/bin",
         "GIT_AUTHOR_NAME": "A Writer", "GIT_AUTHOR_EMAIL": "writer@example.org", "GIT_COMMITTER_NAME": "A Writer",
         "GIT_COMMITTER_EMAIL": "writer@example.org", "LC_ALL": "C", "HOME": "/nonexistent"}

_HEADER = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")


def git(folder: Path, *arguments: str, stdin: bytes = b"", when: int = 0) -> str:
    """Run git in a test's own folder and return what it printed."""
    date = {"GIT_AUTHOR_DATE": f"{1_600_000_000 + when} +0000", "GIT_COMMITTER_DATE": f"{1_600_000_000 + when} +0000"}
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=stdin, capture_output=True, check=True,
                          env=QUIET | date)
    return done.stdout.decode("utf-8", "surrogateescape")


def file_diffs(diff: str) -> tuple[FileDiff, ...]:
    """Return the files of a git diff."""
    starts = [found.start() for found in re.finditer(r"(?m)^diff --git ", diff)]
    return tuple(_file_diff(diff[start:stop]) for start, stop in zip(starts, [*starts[1:], len(diff)], strict=True))


def _file_diff(raw: str) -> FileDiff:
    head, at, body = raw.partition("\n@@ ")
    first = re.match(r"diff --git a/(.*) b/(.*)", head)
    assert first
    old, new = first[1], first[2]
    blobs = re.search(r"(?m)^index ([0-9a-f]+)\.\.([0-9a-f]+)", head)
    if "\nnew file mode" in head:
        old = ""
    if "\ndeleted file mode" in head:
        new = ""
    return FileDiff(old_path=old, new_path=new, old_blob=blobs[1] if blobs else "", new_blob=blobs[2] if blobs else "",
                    binary="Binary files" in head or "GIT binary patch" in head,
                    hunks=_hunks("@@ " + body) if at else (), raw=raw)


def _hunks(text: str) -> tuple[Hunk, ...]:
    hunks = []
    lines: list[DiffLine] = []
    old = new = 0
    for row in text.split("\n"):
        found = _HEADER.match(row)
        if found:
            old, new = int(found[1]), int(found[3])
            lines = []
            hunks.append((found, lines))
        elif row[:1] in {"+", "-", " "}:
            lines.append(DiffLine(kind=row[0], text=row[1:], old_line=old if row[0] != "+" else None,
                                  new_line=new if row[0] != "-" else None))
            old += row[0] != "+"
            new += row[0] != "-"
    return tuple(Hunk(old_start=int(found[1]), old_count=int(found[2] or 1), new_start=int(found[3]),
                      new_count=int(found[4] or 1), section=found[5], lines=tuple(kept)) for found, kept in hunks)


def series_of(*diffs: str, base_commit: str = "") -> Series:
    """Return a series whose patches have these diffs."""
    patches = tuple(Patch(index=number, message_id=f"{number}@example.org", subject=f"change {number}", author=WRITER,
                          date=None, changelog="", notes="", trailers=(), files=file_diffs(diff))
                    for number, diff in enumerate(diffs, 1))
    return Series(subject="a change", version=1, total=len(patches), message_id="1@example.org", author=WRITER,
                  date=None, list_name="", prefixes=(), cover=None, patches=patches, missing=(), superseded_by=None,
                  base_commit=base_commit, prerequisite_patch_ids=(), prerequisite_message_ids=(), change_id="",
                  versions=(), kind="patches", roles=(), warnings=())

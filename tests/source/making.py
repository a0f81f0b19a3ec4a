"""Series made of plain diffs, for the tests of this room: they need no mails."""

from __future__ import annotations

import subprocess
from pathlib import Path

from reviewbot.mail.types import Address
from reviewbot.series import parse_diff
from reviewbot.series.types import DiffLine, FileDiff, Hunk, Patch, Series

WRITER = Address(name="A Writer", email="writer@example.org")
QUIET = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin:/usr/local/bin",
         "GIT_AUTHOR_NAME": "A Writer", "GIT_AUTHOR_EMAIL": "writer@example.org", "GIT_COMMITTER_NAME": "A Writer",
         "GIT_COMMITTER_EMAIL": "writer@example.org", "LC_ALL": "C", "HOME": "/nonexistent"}


def git(folder: Path, *arguments: str, stdin: bytes = b"", when: int = 0) -> str:
    """Run git in a test's own folder and return what it printed."""
    date = {"GIT_AUTHOR_DATE": f"{1_600_000_000 + when} +0000", "GIT_COMMITTER_DATE": f"{1_600_000_000 + when} +0000"}
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=stdin, capture_output=True, check=True,
                          env=QUIET | date)
    return done.stdout.decode("utf-8", "surrogateescape")


def hostile_file(path: str, raw: str) -> FileDiff:
    """Return a new file of one line with a path that the series' reader would never let through."""
    line = DiffLine(kind="+", text="evil", old_line=None, new_line=1)
    hunk = Hunk(old_start=0, old_count=0, new_start=1, new_count=1, section="", lines=(line,))
    return FileDiff(old_path="", new_path=path, old_blob="", new_blob="", binary=False, hunks=(hunk,), raw=raw)


def series_of(*diffs: str | FileDiff, base_commit: str = "") -> Series:
    """Return a series whose patches have these diffs."""
    patches = tuple(Patch(index=number, message_id=f"{number}@example.org", subject=f"change {number}", author=WRITER,
                          date=None, changelog="", notes="", trailers=(),
                          files=(diff,) if isinstance(diff, FileDiff) else parse_diff(diff).files)
                    for number, diff in enumerate(diffs, 1))
    return Series(subject="a change", version=1, total=len(patches), message_id="1@example.org", author=WRITER,
                  date=None, list_name="", prefixes=(), cover=None, patches=patches, missing=(), superseded_by=None,
                  base_commit=base_commit, prerequisite_patch_ids=(), prerequisite_message_ids=(), change_id="",
                  versions=(), kind="patches", roles=(), warnings=())

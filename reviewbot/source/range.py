"""A series out of a git repository: the commits of a range as the mails that they would be."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from reviewbot.errors import TreeError, UsageError
from reviewbot.mail import Mailbox, read_message
from reviewbot.series import Series, find_series
from reviewbot.source.gittree import Repository, open_repository
from reviewbot.source.sandbox import first_error

__all__ = ["series_from_git"]

MOST_COMMITS = 1000

_MAIL = re.compile(rb"(?m)^From ([0-9a-f]{40}|[0-9a-f]{64}) Mon Sep 17 00:00:00 2001\n(?=From: )")
_FORMAT = ("--stdout", "--numbered", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "--no-signature",
           "--no-stat", "--no-cover-letter", "--no-attach", "--no-thread", "--no-notes", "--no-base", "-M", "-p")


def series_from_git(path: Path, commits: str) -> Series:
    """Return the series that the commits of `BASE..TOPIC` in the repository at `path` make; merges are left out.

    `BASE..` ends at HEAD. Every patch's Message-ID is `<commit id>@git`, and the series' base-commit is the parent
    of its first commit. Nothing of the repository's configuration is used. Raises UsageError when `commits` is no
    range, TreeError when one of its ends or its commits do not exist.
    """
    base, dots, topic = commits.partition("..")
    if not dots or not base or topic.startswith("."):
        raise UsageError("not a range of commits", where=commits, hint="write it as git:BASE..TOPIC")
    repository = open_repository(path) if path.is_dir() else None
    if repository is None:
        raise TreeError("not a git repository", where=str(path), hint="--tree must name one for a range of commits")
    try:
        ends = repository.commit(base), repository.commit(topic or "HEAD")
        mails = _mails(repository, ends, commits)
        parent = repository.find_commit(f"{mails[0][0]}^")
    finally:
        repository.close()
    messages = tuple(read_message(_with_ids(raw, oid, mails[0][0]), where=f"commit {oid[:12]}") for oid, raw in mails)
    found = find_series(Mailbox(messages=messages, warnings=()))
    if not found.series:
        raise TreeError("no commit of the range changes a file", where=commits)
    series = max(found.series, key=lambda one: len(one.patches))
    return replace(series, base_commit=parent or "")


def _mails(repository: Repository, ends: tuple[str, str], commits: str) -> list[tuple[str, bytes]]:
    """Return (commit id, mail) of every commit, oldest first."""
    between = f"{ends[0]}..{ends[1]}"
    listed = repository.sandbox.run("rev-list", "--no-merges", f"--max-count={MOST_COMMITS + 1}", between)
    if listed.status != 0:
        raise TreeError(f"git cannot list its commits: {first_error(listed.err)}", where=commits)
    expected = set(listed.out.decode("ascii").split())
    if len(expected) > MOST_COMMITS:
        raise TreeError(f"more than {MOST_COMMITS} commits", where=commits, hint="name a shorter range")
    if not expected:
        raise TreeError("the range holds no commit", where=commits, hint="write it as git:BASE..TOPIC, older end first")
    data = repository.sandbox.must("format-patch", *_FORMAT, between)
    starts = []
    for start in _MAIL.finditer(data):
        # A commit message may quote another mail; only the commits of the range begin one here.
        if start[1].decode("ascii") in expected:
            expected.remove(start[1].decode("ascii"))
            starts.append(start)
    stops = [*(start.start() for start in starts[1:]), len(data)]
    return [(start[1].decode(), data[start.end():stop]) for start, stop in zip(starts, stops, strict=True)]


def _with_ids(raw: bytes, oid: str, first: str) -> bytes:
    reply = "" if oid == first else f"In-Reply-To: <{first}@git>\n"
    return f"Message-ID: <{oid}@git>\n{reply}".encode() + raw

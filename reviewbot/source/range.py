"""A series out of a git repository: the commits of a range as the mails that they would be.

A merge commit is a patch of the series when it changes something itself: what its tree has and an automatic merge of
its parents has not. The resolution of a conflict has no such other side, and is named as not looked at.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reviewbot.errors import TreeError, UsageError
from reviewbot.mail import Mailbox, read_message
from reviewbot.patterns import regex
from reviewbot.series import Series, find_series
from reviewbot.source.gittree import Repository, open_repository
from reviewbot.source.sandbox import first_error
from reviewbot.text import decode, quote_names

__all__ = ["series_from_git"]

MOST_COMMITS = 1000
MOST_MERGES = 100  # each is merged again, which takes git some hundredths of a second on a kernel

_MAIL = regex(rb"(?m)^From ([0-9a-f]{40}|[0-9a-f]{64}) Mon Sep 17 00:00:00 2001\n(?=From: )")
_FORMAT = ("--stdout", "--numbered", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "--no-signature",
           "--no-stat", "--no-cover-letter", "--no-attach", "--no-thread", "--no-notes", "--no-base", "-M", "-p")
_MERGE_FORMAT = ("--remerge-diff", "--format=email", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color",
                 "--no-notes", "-M", "-p")
_SUBJECT = regex(rb"(?m)^Subject: (?:\[PATCH[^\]\n]*\] ?)?")
_FILE = regex(rb"(?m)^(?=diff --git )")
_HUNK = regex(rb"(?m)^(?=@@ -)")
_CONFLICT = regex(rb"(?m)^[-+ ](?:<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|) |^remerge CONFLICT ")
_NAME = regex(rb"diff --git a/(\S+)")


def series_from_git(path: Path, commits: str) -> Series:
    """Return the series that the commits of `BASE..TOPIC` in the repository at `path` make.

    Merges are patches where they change something themselves; `unread` names those that could not be looked at.

    `BASE..` ends at HEAD. Every patch's Message-ID is `<commit id>@git`, and the series' base-commit is the parent
    of its first commit. Nothing of the repository's configuration is used. Raises UsageError when `commits` is no
    range, TreeError when one of its ends or its commits do not exist.
    """
    base, dots, topic = commits.partition("..")
    if not dots or not base or topic.startswith("."):
        raise UsageError("not a range of commits", where=commits, hint="write it as git:BASE..TOPIC")
    repository = open_repository(path) if path.is_dir() else None
    if repository is None:
        around = path.resolve().parents if path.is_dir() else ()
        above = next((one for one in around if (one / ".git").exists()), None)
        raise TreeError("not the top of a git repository" if above else "not a git repository", where=str(path),
                        hint=f"give --tree {above}" if above else "--tree must name one for a range of commits")
    try:
        ends = repository.commit(base), repository.commit(topic or "HEAD")
        mails, unread = _mails(repository, ends, commits)
        parent = repository.find_commit(f"{mails[0][0]}^")
    finally:
        repository.close()
    messages = tuple(read_message(_with_ids(raw, oid, mails[0][0]), where=f"commit {oid[:12]}") for oid, raw in mails)
    found = find_series(Mailbox(messages=messages, warnings=()))
    if not found.series:
        raise TreeError("no commit of the range changes a file", where=commits)
    series = max(found.series, key=lambda one: len(one.patches))
    return replace(series, base_commit=parent or "", unread=unread)


def _mails(repository: Repository, ends: tuple[str, str],
           commits: str) -> tuple[list[tuple[str, bytes]], tuple[str, ...]]:
    """Return (commit id, mail) of every commit, oldest first, and which merges were not looked at."""
    between = f"{ends[0]}..{ends[1]}"
    listed = repository.sandbox.run("rev-list", "--topo-order", "--reverse", "--parents", between)
    if listed.status != 0:
        raise TreeError(f"git cannot list its commits: {first_error(listed.err)}", where=commits)
    parents = {words[0]: len(words) - 1 for words in map(str.split, listed.out.decode("ascii").splitlines())}
    merges = [oid for oid, count in parents.items() if count > 1]
    expected = parents.keys() - set(merges)
    if len(expected) > MOST_COMMITS:
        raise TreeError(f"more than {MOST_COMMITS} commits", where=commits, hint="name a shorter range")
    if not parents:
        raise TreeError("the range holds no commit", where=commits, hint="write it as git:BASE..TOPIC, older end first")
    mails = _ordinary(repository, between, expected) if expected else []
    if not merges:
        return mails, ()
    own, unread = _own_changes(repository, merges, parents)
    place = {oid: at for at, oid in enumerate(parents)}
    together = sorted([*mails, *own], key=lambda mail: place[mail[0]])
    if not together:
        raise TreeError("no commit of the range changes a file", where=commits)
    numbered = [(oid, _SUBJECT.sub(b"Subject: [PATCH %d/%d] " % (at, len(together)), raw, count=1))
                for at, (oid, raw) in enumerate(together, 1)]
    return numbered, unread


def _own_changes(repository: Repository, merges: list[str],
                 parents: dict[str, int]) -> tuple[list[tuple[str, bytes]], tuple[str, ...]]:
    """Return (commit id, mail) of the merges that change something themselves, and what was not looked at."""
    mails: list[tuple[str, bytes]] = []
    unread: list[str] = []
    if len(merges) > MOST_MERGES:
        unread.append(f"{len(merges) - MOST_MERGES} of {len(merges)} merge commits are not looked at; the first "
                      f"{MOST_MERGES} are")
    for oid in merges[:MOST_MERGES]:
        if parents[oid] > 2:
            # git merges only two parents again; of more it says whether the result differs from each of them.
            if repository.sandbox.run("diff-tree", "--cc", "--no-commit-id", "--no-ext-diff", "-p", oid).out.strip():
                unread.append(f"merge commit {oid[:12]} has {parents[oid]} parents and changes something itself, "
                              "which is not looked at")
            continue
        shown = repository.sandbox.run("show", *_MERGE_FORMAT, oid)
        if shown.status != 0:
            unread.append(f"merge commit {oid[:12]} is not looked at: {first_error(shown.err)}")
            continue
        head, *files = _FILE.split(shown.out.partition(b"\n")[2])
        kept, conflicts = _without_conflicts(files)
        if conflicts:
            unread.append(f"merge commit {oid[:12]} resolves a conflict in {quote_names(conflicts)}; "
                          "what the resolution changes there is not looked at")
        if kept:
            mails.append((oid, head + b"".join(kept)))
    return mails, tuple(unread)


def _without_conflicts(files: list[bytes]) -> tuple[list[bytes], list[str]]:
    """Return the diffs without the hunks that resolve a conflict, and the names of the files that had such hunks."""
    kept: list[bytes] = []
    conflicts: list[str] = []
    for file in files:
        head, *hunks = _HUNK.split(file)
        clean = [hunk for hunk in hunks if not _CONFLICT.search(hunk)]
        name = _NAME.match(file)
        if len(clean) < len(hunks) or _CONFLICT.search(head):
            conflicts.append(decode(name[1]) if name else "a file")
        if clean or (not hunks and not _CONFLICT.search(head)):
            lines = [line for line in head.splitlines(keepends=True) if not line.startswith(b"remerge ")]
            kept.append(b"".join([*lines, *clean]))
    return kept, conflicts


def _ordinary(repository: Repository, between: str, wanted: set[str]) -> list[tuple[str, bytes]]:
    """Return (commit id, mail) of the commits that are no merges, oldest first."""
    expected = set(wanted)
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

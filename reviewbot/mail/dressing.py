"""What programs put around or into a patch: UTF-16, the colours of a terminal, no numbers.

`git diff > x.patch` in PowerShell writes UTF-16, `git log -p --color=always` paints lines, and `git format-patch -N`
and `git log --format=email` write one branch as mails that no number puts in order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.patterns import regex

__all__ = ["newest_first", "numbered", "undressed"]

# What a graph draws in front has colours of its own.
_PAINTED = regex(rb"^(?:[*|\\/_ .-]|\x1b\[[0-9;]{0,12}m){0,99}(?<=m)(?:commit [0-9a-f]{7}|diff --git |"
                 rb"[0-9a-f]{7,40})", re.MULTILINE)
_PAINT = regex(rb"\x1b\[[0-9;]{0,12}[mK]")
_SUBJECT = regex(rb"^Subject:[ \t]*(?:\[([^\]\n]{0,80})\])?", re.MULTILINE | re.IGNORECASE)
_THREADED = regex(rb"^(?:Message-ID|In-Reply-To|References):", re.MULTILINE | re.IGNORECASE)
_COUNT = regex(rb"\d+(?:/| of )\d+|^Re:", re.IGNORECASE)
_DIFF = regex(rb"^(?:diff --git |--- \S[^\n]*\n\+\+\+ \S|Index: \S)", re.MULTILINE)
_BLOBS = regex(rb"^diff --git (\S+) \S+\n(?:(?:old|new|deleted|similarity|rename)[^\n]*\n)*"
               rb"index ([0-9a-f]{7,64})\.\.([0-9a-f]{7,64})", re.MULTILINE)


def undressed(data: bytes) -> bytes:
    """Return the bytes as UTF-8 where a mark at their start says UTF-16, without that mark and without colours."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = data.decode("utf-16", "replace")
        data = text.encode("utf-8", "replace") if "\0" not in text else data
    data = data.removeprefix(b"\xef\xbb\xbf")
    return _PAINT.sub(b"", data) if b"\x1b[" in data and _PAINTED.search(data) else data


def newest_first(patches: Sequence[bytes]) -> bool:
    """Return whether the patches stand with the newest first: an earlier one begins with what a later one makes."""
    made: dict[tuple[bytes, bytes], int] = {}
    for at, patch in enumerate(patches):
        for path, _, new in _BLOBS.findall(patch):
            made.setdefault((path, new), at)
    return any(made.get((path, old), -1) > at and old.strip(b"0")
               for at, patch in enumerate(patches) for path, old, _ in _BLOBS.findall(patch))


def numbered(mails: Sequence[bytes]) -> list[bytes] | None:
    """Return the mails as one series in their order, where each is a patch that was never sent and has no number.

    None when that is not so: one with a Message-ID was sent as it is, one with a number says itself where it stands.
    """
    if len(mails) < 2:
        return None
    subjects = []
    for mail in mails:
        head = mail[: 64 << 10].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        found = _SUBJECT.search(head)
        if (found is None or _THREADED.search(head) or _COUNT.search(found[1] or b"")
                or head[found.end():].lstrip()[:3].lower() == b"re:" or not _DIFF.search(mail)):
            return None  # the first mail of an archive says so already
        subjects.append(found)
    total = len(mails)
    series = []
    for at, (found, mail) in enumerate(zip(subjects, mails, strict=True), 1):
        words = (found[1] or b"PATCH").strip()
        head = b"Subject: [%b %d/%d]" % (words if b"patch" in words.lower() else b"PATCH " + words, at, total)
        start, end = _SUBJECT.search(mail).span()  # type: ignore[union-attr] # it is in the mail's own head
        series.append(mail[:start] + head + mail[end:])
    return series

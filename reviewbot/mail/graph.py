"""What `git log --graph -p` draws beside the commits, taken off again."""

from __future__ import annotations

from reviewbot.patterns import regex

__all__ = ["without_graph"]

# Columns of a graph are two characters wide, and its last one is a blank.
_FIRST = regex(rb"\A\*[|\\/_ .-]{0,200} (?:commit )?[0-9a-f]{7,64}\b")
_HEAD = regex(rb"([|\\/_ .-]{0,200}\*[|\\/_ .-]{0,200} )(?=(?:commit )?[0-9a-f]{7,64}\b)")
_DRAWN = regex(rb"[|\\/_ .*-]*\Z")
_HUNK = regex(rb"@@ -\d{1,8}(?:,(\d{1,8}))? \+\d{1,8}(?:,(\d{1,8}))? @@")


def without_graph(data: bytes) -> bytes:
    """Return the log without the lines drawn at its left; any other text, and one that does not fit, as it is."""
    text = data.replace(b"\r\n", b"\n") if data[:1] == b"*" else b""
    if not _FIRST.match(text):
        return data
    plain: list[bytes] = []
    width = old = new = 0
    for line in text.split(b"\n"):
        # Within a hunk a line is code, whatever it looks like.
        head = _HEAD.match(line) if old <= 0 and new <= 0 else None
        width = head.end(1) if head else width
        if not head and not _DRAWN.match(line[:width]):
            return data
        rest = line[width:]
        hunk = _HUNK.match(rest)
        if hunk:
            old, new = (1 if count is None else int(count) for count in hunk.groups())
        elif old > 0 or new > 0:
            old -= rest[:1] in {b" ", b"-", b""}
            new -= rest[:1] in {b" ", b"+", b""}
        elif not head and _DRAWN.match(line):
            rest = b""  # only edges, between two commits
        plain.append(rest)
    return b"\n".join(plain)

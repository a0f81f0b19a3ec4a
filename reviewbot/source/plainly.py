"""A patch that fits its files to the letter, applied as `git apply` would and without a process.

Whatever is not the plainest case is left to git: a hunk off its place or against other lines, files that are renamed,
deleted, links or without a last line end, diffs that are cut off or oddly written. What is applied here is what git
applies without a word about it; tests/source/test_plainly.py holds both against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from reviewbot.patterns import regex
from reviewbot.series.types import FileDiff
from reviewbot.source.lines import as_bytes
from reviewbot.source.objects import TreeEntry

__all__ = ["apply_plainly"]

_PART = r"[A-Za-z0-9_+,=-][A-Za-z0-9._+,=-]*"  # no name that git may refuse, as .git or git~1
_PLAIN_PATH = regex(rf"{_PART}(?:/{_PART})*")
_SPECIAL = regex(r"(?m)^(?:old mode|new mode|deleted file|rename|copy|similarity|dissimilarity|GIT binary)")
_NEW_MODE = regex(r"(?m)^new file mode (\d+)\s*$")
_HEAD = regex(rb"@@ -(0|[1-9]\d{0,8})(?:,(\d{1,9}))? \+(0|[1-9]\d{0,8})(?:,(\d{1,9}))? @@(?: [^\r]*)?")
_FILES = frozenset({0o100644, 0o100755})


def apply_plainly(files: Sequence[FileDiff], entries: Mapping[str, TreeEntry],
                  read: Callable[[TreeEntry], bytes | None]) -> dict[str, tuple[int, bytes]] | None:
    """Return mode and content of each file that the diffs change or make, None where git has to say what they do.

    `entries` are the files that there are, and `read` gives the content of one.
    """
    made: dict[str, tuple[int, bytes]] = {}
    for file in files:
        path = file.new_path
        if file.binary or path in made or file.old_path not in {"", path} or not _PLAIN_PATH.fullmatch(path):
            return None
        raw = file.raw if file.raw.endswith("\n") else f"{file.raw}\n"
        at = 0 if raw.startswith("@@ -") else raw.find("\n@@ -") + 1
        head, body = raw[:at], raw[at:]
        if not body.startswith("@@ -") or _SPECIAL.search(head):
            return None
        begun = _begin(file, head, entries, read)
        after = _patched(begun[1], as_bytes(body), is_new=not file.old_path) if begun is not None else None
        if begun is None or after is None:
            return None
        made[path] = (begun[0], after)
    there = {*entries, *made}
    new = made.keys() - entries.keys()
    if new and any(path[:at] in there for path in there for at, char in enumerate(path) if char == "/"):
        return None  # a file where another needs a folder
    return made


def _begin(file: FileDiff, head: str, entries: Mapping[str, TreeEntry],
           read: Callable[[TreeEntry], bytes | None]) -> tuple[int, bytes] | None:
    """Return mode and content that the hunks of the file start from."""
    entry, modes = entries.get(file.new_path), _NEW_MODE.findall(head)
    if not file.old_path:
        mode = int(modes[0], 8) if modes and re.fullmatch("[0-7]{6}", modes[0]) else 0 if modes else 0o100644
        return (mode, b"") if entry is None and len(modes) < 2 and mode in _FILES else None
    if entry is None or entry[0] not in _FILES or "new file" in head:
        return None
    content = read(entry)
    return None if content is None or b"\0" in content else (entry[0], content)


def _patched(content: bytes, body: bytes, *, is_new: bool) -> bytes | None:
    """Return the content with the hunks where they say that they belong, None unless they fit there as they are."""
    if content and not content.endswith(b"\n"):
        return None
    old, lines = content.split(b"\n")[:-1], body.split(b"\n")[:-1]
    out: list[bytes] = []
    taken = at = 0  # lines of the old file that are behind us, and of the diff
    while at < len(lines):
        head = _HEAD.fullmatch(lines[at])
        hunk = _hunk(lines, at + 1, head[2], head[4]) if head is not None else None
        if head is None or hunk is None:
            return None
        before, after, ends, at = hunk
        old_start, new_start = int(head[1]), int(head[3])
        if is_new and (old_start or before or new_start != 1 or taken or out):
            return None
        # As apply_one_fragment() of git's apply.c: it starts to look where the new side says, in the file so far.
        place = max(new_start - 1, 0)
        between = place - len(out)
        here = taken + between
        if between < 0 or here > len(old) or old[here:here + len(before)] != before or (old and not before) \
                or (old_start <= 1 and place) or (ends and here + len(before) != len(old)):
            return None
        out += old[taken:here]
        out += after
        taken = here + len(before)
    out += old[taken:]
    return b"".join(line + b"\n" for line in out)


def _hunk(lines: list[bytes], at: int, old_count: bytes | None,
          new_count: bytes | None) -> tuple[list[bytes], list[bytes], bool, int] | None:
    """Return the lines of both sides of a hunk, whether it reaches the end of its file, and where the next one starts;
    None for one that lacks lines, changes nothing, or has lines of the file and none that stays."""
    left_old, left_new = int(old_count or 1), int(new_count or 1)
    before: list[bytes] = []
    after: list[bytes] = []
    changes, trailing = 0, 0
    while left_old > 0 or left_new > 0:
        line = lines[at] if at < len(lines) else b""
        kind = line[:1]
        if kind not in {b" ", b"+", b"-"}:
            return None
        if kind != b"+":
            before.append(line[1:])
            left_old -= 1
        if kind != b"-":
            after.append(line[1:])
            left_new -= 1
        changes, trailing = (changes, trailing + 1) if kind == b" " else (changes + 1, 0)
        at += 1
    bare = before and len(before) + len(after) == changes
    return None if left_old or left_new or not changes or bare else (before, after, not trailing, at)

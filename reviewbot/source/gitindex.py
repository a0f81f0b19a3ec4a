"""A git index of a few files, written and read without a process: `gitformat-index(5)`, version 2."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from reviewbot.source.lines import as_bytes
from reviewbot.source.objects import TreeEntry

__all__ = ["read_index", "written_index"]

_HEAD = b"DIRC\0\0\0\x02"
_FILES = frozenset({0o100644, 0o100755, 0o120000, 0o160000})
_STAT = 24  # bytes of times and numbers of the file before its mode, which only a work tree has
_BEHIND_MODE = 12  # user, group, size
_LONGEST = 0xFFF
_STAGE = 0x3000
_SIZES = {"sha1": 20, "sha256": 32}


def written_index(entries: Mapping[str, TreeEntry], object_format: str) -> bytes | None:
    """Return the index of these files; None where git has to say what it makes of them."""
    size, names = _SIZES[object_format], {path: as_bytes(path) for path in entries}
    parts = [_HEAD, len(entries).to_bytes(4, "big")]
    for path, name in sorted(names.items(), key=lambda one: one[1]):
        mode, oid = entries[path]
        if mode not in _FILES or len(oid) != 2 * size or b"\0" in name or any(
                path[:at] in names for at, char in enumerate(path) if char == "/"):
            return None
        parts += [bytes(_STAT), mode.to_bytes(4, "big"), bytes(_BEHIND_MODE), bytes.fromhex(oid),
                  min(len(name), _LONGEST).to_bytes(2, "big"), name,
                  bytes(8 - (_STAT + 4 + _BEHIND_MODE + size + 2 + len(name)) % 8)]
    content = b"".join(parts)
    return content + hashlib.new(object_format, content, usedforsecurity=False).digest()


def read_index(data: bytes, object_format: str) -> dict[str, TreeEntry] | None:
    """Return mode and blob id of every file of an index; None for one that is written in another way."""
    size, entries = _SIZES[object_format], dict[str, TreeEntry]()
    if not data.startswith(_HEAD):
        return None
    at = len(_HEAD) + 4
    for _ in range(int.from_bytes(data[len(_HEAD):at], "big")):
        begin = at + _STAT + 4 + _BEHIND_MODE
        flags, start = int.from_bytes(data[begin + size:begin + size + 2], "big"), begin + size + 2
        end = data.find(b"\0", start)
        if end < 0 or flags & _STAGE:
            return None
        entries[data[start:end].decode("utf-8", "surrogateescape")] = (
            int.from_bytes(data[at + _STAT:at + _STAT + 4], "big"), data[begin:begin + size].hex())
        at = end + 8 - (end - at) % 8
    return entries

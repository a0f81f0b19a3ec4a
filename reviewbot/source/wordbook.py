"""Which files hold a word: books of the identifiers of many files, each written once and then only looked into.

A book is a file that is mapped into memory, not a database: a question touches some pages of it, and opening one costs
nothing. Its files are known by the ids of their contents, so that one book serves every tree with the same contents.

All (word, file) pairs have a number, those of one file follow each other. For each of many hash values the book has
the number of its last pair, and for each pair the number of the one before with the same value. So a word leads to
every file that holds it, and to a few that hold another word with the same value: what it names is looked at again.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import secrets
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from zlib import crc32

__all__ = ["COMMON", "ID_BYTES", "Book", "Writer", "id_bytes"]

ID_BYTES = 20
_EVERYWHERE = """
_ a b c d e f g h i j k l m n o p q r s t u v w x y z id in is it of on or to by if do as at be we no an up and any
are bit but can for get has int len let new not now out ptr ret set the this that use used via was with add all auto
bool break buf call case char code config const continue data default define defined dev device elif else endif enum
err error extern flags from free function GPL ifdef ifndef include info inline init into kernel licence License
linux list long lock name next NULL num offset only other pdev pragma priv reg register return rights reserved short
should signed size sizeof SPDX state static struct switch type typedef u8 u16 u32 u64 undef union unsigned val value
version void volatile when which while will
"""
COMMON = frozenset(_EVERYWHERE.split())
"""Words that stand in so many files that to look for one is to look at all of them: no book has them."""

_MAGIC = b"rvbook1\n"
_HEAD = struct.Struct("<8sIIII")
_NUMBER: Final = "I"
_BYTES = array(_NUMBER).itemsize
_TABLE = bytes(byte if chr(byte).isascii() and (chr(byte).isalnum() or byte == 0x5f) else 0x20 for byte in range(256))
_BEFORE_LETTERS = b"@"  # what begins with a digit sorts before it
_PIECE = 1 << 20  # of a file at a time: the words of twenty megabytes take hundreds
_COMMON_BYTES = tuple(word.encode() for word in COMMON)


def id_bytes(content_id: str) -> bytes:
    """Return the id of a content as books have it."""
    return bytes.fromhex(content_id)[:ID_BYTES]


class Writer:
    """Gathers the words of files for a book; `bits` is the number of bits of a word's value."""

    def __init__(self, bits: int) -> None:
        """Start with no file."""
        self._mask = (1 << bits) - 1
        self._last = array(_NUMBER, bytes(_BYTES << bits))
        self._before = array(_NUMBER)
        self._starts = array(_NUMBER, [0])
        self._ids: list[bytes] = []

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._ids)

    def add(self, content_id: bytes, content: bytes) -> None:
        """Take in the words of a file."""
        words = set(content.translate(_TABLE).split()) if len(content) <= _PIECE else _words(content)
        words.difference_update(_COMMON_BYTES)
        last, mask, number, link, value = self._last, self._mask, len(self._before), self._before.append, crc32
        for word in words:
            if word > _BEFORE_LETTERS:
                at = value(word) & mask
                link(last[at])
                number += 1
                last[at] = number
        self._starts.append(number)
        self._ids.append(content_id)

    def write(self, folder: Path) -> str:
        """Write the book into the folder and return its name. Raises OSError where that cannot be."""
        head = _HEAD.pack(_MAGIC, len(self._ids), len(self._before), len(self._last), 0)
        parts = (head, b"".join(self._ids), self._starts, self._last, self._before)
        digest = hashlib.blake2b(digest_size=10)
        for part in parts:
            digest.update(part)
        name = f"{digest.hexdigest()}.book"
        spare = folder / f".{secrets.token_hex(8)}"
        try:
            with spare.open("xb") as file:
                for part in parts:
                    file.write(part)
            spare.replace(folder / name)  # two that write the same at once write the same
        finally:
            with suppress(OSError):
                spare.unlink(missing_ok=True)
        return name


def _words(content: bytes) -> set[bytes]:
    """Return the words of a large file, a piece at a time."""
    words: set[bytes] = set()
    start = 0
    while start < len(content):
        end = min(start + _PIECE, len(content))
        while end < len(content) and _TABLE[content[end]] != 0x20:
            end += 1
        words.update(content[start:end].translate(_TABLE).split())
        start = end
    return words


class Book:
    """A book as it lies on disk."""

    def __init__(self, path: Path) -> None:
        """Open the book. Raises OSError where that cannot be, ValueError for a file that is none."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _HEAD.size:
                raise ValueError("too short")
            self._mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._map = memoryview(self._mapped)
        magic, files, pairs, values, _ = _HEAD.unpack_from(self._map)
        ids = _HEAD.size
        starts = ids + files * ID_BYTES
        last = starts + (files + 1) * _BYTES
        before = last + values * _BYTES
        if magic != _MAGIC or size != before + pairs * _BYTES or values & (values - 1) or not values:
            raise ValueError("not a book")
        self.name, self.size, self._pairs, self._mask = path.name, size, pairs, values - 1
        self._ids = self._map[ids:starts]
        self._starts = self._map[starts:last].cast(_NUMBER)
        self._last = self._map[last:before].cast(_NUMBER)
        self._before = self._map[before:].cast(_NUMBER)

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._starts) - 1

    def ids(self) -> Iterator[bytes]:
        """Yield the ids of the files' contents, in the order of their numbers."""
        every = bytes(self._ids)
        return (every[at:at + ID_BYTES] for at in range(0, len(every), ID_BYTES))

    def is_whole(self) -> bool:
        """Return whether the book is what was written."""
        return self.name == f"{hashlib.blake2b(self._map, digest_size=10).hexdigest()}.book"

    def files(self, words: Iterable[str]) -> set[int]:
        """Return the numbers of all files that hold one of the words, and of a few others.

        Raises ValueError where the book is damaged.
        """
        found: set[int] = set()
        starts, before, most = self._starts, self._before, self._pairs
        for word in words:
            pair = self._last[crc32(word.encode()) & self._mask]
            while pair:
                if pair > most:
                    raise ValueError("a pair that is not there")
                found.add(bisect_right(starts, pair - 1) - 1)
                earlier = before[pair - 1]
                if earlier >= pair:  # the way leads back only
                    raise ValueError("a way that does not end")
                pair = earlier
        if hasattr(mmap, "MADV_DONTNEED"):  # around each page that was read the system counts in fifteen more
            self._mapped.madvise(mmap.MADV_DONTNEED)
        return found

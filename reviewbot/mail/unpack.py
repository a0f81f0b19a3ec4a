"""Bytes of a source, bounded: reading files and undoing gzip without trusting either."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

from reviewbot.errors import MailError
from reviewbot.mail.limits import Limits, too_large

__all__ = ["gunzip", "is_gzip", "read_file"]

_CHUNK = 1 << 20
_SLICE = 1 << 16


def is_gzip(data: bytes) -> bool:
    """Return whether the bytes start as a gzip file does."""
    return data[:2] == b"\x1f\x8b"


def read_file(path: Path, limits: Limits) -> bytes:
    """Return the file's bytes. Raises MailError when it cannot be read or is beyond the limit (a device never ends)."""
    try:
        with path.open("rb") as stream:
            data = stream.read(min(limits.source_bytes, os.fstat(stream.fileno()).st_size) + 1)
            while len(data) <= limits.source_bytes and (more := stream.read(_CHUNK)):
                data += more
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MailError(f"cannot be read ({reason})", where=str(path), hint="name a file that you may read") from error
    if len(data) > limits.source_bytes:
        raise too_large(str(path), limits)
    return data


def gunzip(data: bytes, *, where: str, limits: Limits) -> tuple[bytes, tuple[str, ...]]:
    """Return what a gzip file holds (all of its members), and notices about damage behind the part that could be read.

    Raises MailError when nothing can be read, or when it unpacks to more than the limit: a small file can hold
    gigabytes, so the output is counted while it grows.
    """
    out = bytearray()
    member = zlib.decompressobj(wbits=31)
    for start in range(0, len(data), _SLICE):
        pending = data[start:start + _SLICE]
        while pending:
            if member.eof:
                member = zlib.decompressobj(wbits=31)
            try:
                out += member.decompress(pending, _CHUNK)
            except zlib.error:
                return _salvaged(out, where, "is damaged")
            if len(out) > limits.source_bytes:
                raise too_large(where, limits)
            # Behind the end of a member stands the next one, or padding that nobody needs.
            pending = member.unconsumed_tail or member.unused_data.lstrip(b"\0")
    if not member.eof:
        return _salvaged(out, where, "ends early")
    return bytes(out), ()


def _salvaged(out: bytearray, where: str, damage: str) -> tuple[bytes, tuple[str, ...]]:
    if not out:
        raise MailError("is a gzip file out of which nothing can be read", where=where, hint="fetch it again")
    return bytes(out), (f"{where}: the gzip data {damage}; read as far as it goes",)

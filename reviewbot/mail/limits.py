"""How much of a source is read: every limit has a name, and going over one is said, never silent."""

from __future__ import annotations

from reviewbot.errors import MailError
from reviewbot.values import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits", "megabytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one source may cost.

    `source_bytes` bounds the bytes of a whole source, after gunzip: a larger one is refused. `message_bytes` bounds
    one message: a larger one keeps its headers and loses its text. `messages` bounds their number: the rest is
    counted and left. `header_bytes` bounds the header block of one message; `parts` its nested MIME containers;
    `files` the entries of a folder.
    """

    source_bytes: int = 160 << 20
    message_bytes: int = 16 << 20
    messages: int = 60_000
    header_bytes: int = 256 << 10
    parts: int = 60
    files: int = 60_000


DEFAULT_LIMITS = Limits()
"""Enough for 100 MB of mail within a gigabyte of memory; archives beyond that are read in pieces."""


def megabytes(size: int) -> str:
    """Return a number of bytes as people say it: `12 MB`, `300 kB`."""
    return f"{size >> 20} MB" if size >= 1 << 20 else f"{max(1, size >> 10)} kB"


def too_large(where: str, limits: Limits) -> MailError:
    """Return the error for a source beyond `limits.source_bytes`."""
    return MailError(f"is larger than the {megabytes(limits.source_bytes)} that are read at once", where=where,
                     hint="give only the thread or the patches of the series, for instance as 'b4 mbox' saves them")

"""Where one message of an mbox ends and the next begins.

Accepted: MMDF (lines of four control-A), mboxrd (`>From ` and `>>From ` lose one `>`), mboxo (`>From ` loses it), the
unescaped form that `git format-patch` and `b4 am` write, LF or CRLF, and a bare message without any separator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.patterns import regex

__all__ = ["count_separators", "joined_mails", "split_messages", "write_mboxrd"]

# A sentence of a commit message may begin with "From " too; a separator carries a time and a year.
_SEPARATOR = regex(rb"From (\S+) [^\r\n]{0,200}?\d{1,2}:\d\d(?::\d\d)?[^\r\n]{0,80}?\b\d{4}\b[^\r\n]{0,80}\r?\n")
_HEADER = regex(rb"(?:>?From |[!-9;-~]+[ \t]*:)")
_GIT_FORM = regex(rb"From (?:[0-9a-f]{40}|[0-9a-f]{64}|git@z) ")
_QUOTED_RD = regex(rb"^>(>*From )", re.MULTILINE)
_QUOTED_O = regex(rb"^>(From )", re.MULTILINE)
_MMDF = b"\1\1\1\1\n"
_MMDF_LINE = regex(rb"^\x01{4}\r?\n", re.MULTILINE)
_BLOCK = regex(rb"\n(?![!-9;-~]{1,76}:|[ \t])[^\n]*\n((?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*){5,})(?=\n)")
_NAMES = (b"From", b"Date", b"Subject", b"Message-ID", b"(?:To|Cc|In-Reply-To|References|MIME-Version|Received)")
_ID = regex(rb"^Message-ID:[^\n]*", re.MULTILINE | re.IGNORECASE)
_BOUNDARY = regex(rb"boundary\s*=\s*\"?([^\"\s;]{1,200})", re.IGNORECASE)


def split_messages(data: bytes) -> Iterator[bytes]:
    """Yield each message of the mbox in order, without its separator line and with `From ` quoting undone.

    Bytes without any separator are one message.
    """
    if data.startswith(_MMDF):
        yield from (part for part in _MMDF_LINE.split(data) if part.strip())
        return
    starts = list(_separators(data))
    if not starts or data[: starts[0][0]].strip():
        # Text before the first separator is a message of its own: it is somebody's mail with a forwarded one in it.
        end = starts[0][0] if starts else len(data)
        yield data[:end]
    for at, (start, body) in enumerate(starts):
        end = starts[at + 1][0] if at + 1 < len(starts) else len(data)
        yield _unquoted(data[start:body], data[body:end])


def joined_mails(data: bytes) -> list[bytes]:
    """Return the mails that stand in the bytes one behind the other, as `cat *.eml` makes them; empty unless several.

    Each begins with a block of headers that has an id of its own; a mail that carries others as its parts is one mail.
    """
    text = data.replace(b"\r\n", b"\n")
    starts = [found.start(1) for found in _BLOCK.finditer(b"\n\n" + text) if _is_head(found[1])]
    if len(starts) < 2 or starts[0] != 2 or _BOUNDARY.search(text.partition(b"\n\n")[0]):
        return []
    starts = [start - 2 for start in starts]
    mails = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    ids = {found[0] for mail in mails if (found := _ID.search(mail))}
    return mails if len(ids) == len(mails) else []


def _is_head(block: bytes) -> bool:
    return all(re.search(rb"^%b:[ \t]*\S" % name, block, re.MULTILINE | re.IGNORECASE) for name in _NAMES)


def count_separators(data: bytes) -> int:
    """Return how many separator lines the bytes hold."""
    if data.startswith(_MMDF):
        return len(list(split_messages(data)))
    return sum(1 for _ in _separators(data))


def write_mboxrd(messages: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces of an mboxrd file that holds the messages, as public-inbox writes it."""
    for raw in messages:
        text = raw.replace(b"\r\n", b"\n")
        yield b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
        yield re.sub(rb"^(>*From )", rb">\1", text, flags=re.MULTILINE)
        yield b"\n" if text.endswith(b"\n") else b"\n\n"


def _separators(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (start of the separator line, start of the headers behind it)."""
    current = -1
    position = 0 if data.startswith(b"From ") else _next(data, 0)
    while position >= 0:
        found = _SEPARATOR.match(data, position)
        if found and _HEADER.match(data, found.end()) and not _inside_attachment(data, current, position):
            yield position, found.end()
            current = found.end()
        position = _next(data, position)


def _next(data: bytes, position: int) -> int:
    """Return where the next line that begins with `From ` behind a blank line starts, or -1."""
    while (position := data.find(b"\nFrom ", position)) >= 0:
        position += 1
        before = data[max(0, position - 3):position]
        if before.endswith((b"\n\n", b"\n\r\n")):
            return position
    return -1


def _inside_attachment(data: bytes, current: int, position: int) -> bool:
    """Return whether the line is the first one of a `git format-patch` file attached to the current message."""
    if current < 0 or not _GIT_FORM.match(data, position):
        return False
    head = data[current:current + 65536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = _BOUNDARY.search(head)
    if not found or b"multipart/" not in head.lower():
        return False
    closing = b"--" + found.group(1) + b"--"
    return data.find(closing, current, position) < 0 <= data.find(closing, position, position + (16 << 20))


def _unquoted(separator: bytes, message: bytes) -> bytes:
    if b">From " not in message or _GIT_FORM.match(separator):
        return message
    if separator.startswith(b"From mboxrd@z"):
        return _QUOTED_RD.sub(rb"\1", message)
    return _QUOTED_O.sub(rb"\1", message)

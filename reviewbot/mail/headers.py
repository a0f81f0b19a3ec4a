"""Headers of a mail from anybody: never an exception, always a value and a notice of what was odd."""

from __future__ import annotations

import binascii
import contextlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.errors import MessageError
from email.header import decode_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_tz
from functools import lru_cache

from reviewbot.mail.charset import decode_text
from reviewbot.mail.types import Address
from reviewbot.patterns import regex
from reviewbot.text import decode, squash
from reviewbot.values import dataclass

__all__ = ["HeaderBlock", "parse_addresses", "parse_date", "parse_headers", "parse_message_ids", "resolve_author"]

_ENCODED_LIMIT = 16 << 10
_ADDRESS_LIMIT = 64 << 10
_MESSAGE_ID = regex(r"<\s*([^<>\s]{1,998})\s*>")
_ANGLE = regex(r"^([^<>]*)<\s*([^<>\s]+@[^<>\s]+)\s*>")
_BARE = regex(r"[^\s<>\"(),:;@]{1,128}@[^\s<>\"(),:;@]{1,255}")
# Entries without quotes, comments or groups; nearly all are, and the full parser takes ten times as long for them.
_PLAIN_ENTRY = regex(r"\s*(?:([^\"(),:;<>@\[\]\\]{0,200}?)\s*<([^\s\"(),:;<>@\[\]\\]{1,128}@[\w.-]{1,255})>|"
                     r"([^\s\"(),:;<>@\[\]\\]{1,128}@[\w.-]{1,255}))\s*")
# The standard library's parser takes quadratic time on an entry that never ends.
_ENDLESS = regex(r"[^,]{2000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderBlock:
    """The headers of one message: names as written, values unfolded but with encoded words still encoded."""

    items: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of every header of that name, in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.items if key.lower() == wanted)

    def first(self, name: str) -> str:
        """Return the first value of the header, or the empty string."""
        found = self.all(name)
        return found[0] if found else ""


def parse_headers(block: bytes) -> HeaderBlock:
    """Return the headers of a header block (no body behind it)."""
    try:
        # The compat32 policy keeps every value as it came; the newer policies parse on access and raise on bad ones.
        message = BytesHeaderParser(policy=compat32).parsebytes(block)
    except (MessageError, ValueError, RecursionError, LookupError):
        return HeaderBlock(items=())
    items = []
    for name, value in message.raw_items():
        # 8-bit bytes come as surrogates; a value without them is ASCII.
        text = str(value)
        if not text.isascii():
            text = decode(text.encode("ascii", "surrogateescape"))
        items.append((_clean(str(name)), _clean(squash(text))))
    return HeaderBlock(items=tuple(items))


def decode_words(value: str) -> str:
    """Return a header value with its encoded words (`=?utf-8?q?...?=`) decoded; what cannot be decoded stays."""
    if "=?" not in value or len(value) > _ENCODED_LIMIT:
        return value
    try:
        chunks: Sequence[tuple[bytes | str, str | None]] = decode_header(value)
    except (MessageError, binascii.Error, ValueError, LookupError, UnicodeError):
        return value
    out = []
    for chunk, charset in chunks:
        if isinstance(chunk, str):
            out.append(chunk)
        elif charset is None:
            out.append(chunk.decode("latin-1") if not chunk.isascii() else chunk.decode("ascii"))
        else:
            out.append(decode_text(chunk, charset)[0])
    return _clean(squash("".join(out)))


def parse_addresses(values: Sequence[str]) -> tuple[Address, ...]:
    """Return the addresses of To, Cc, From or Reply-To headers; entries without an address are left out."""
    return tuple(address for value in values for address in _addresses(value[:_ADDRESS_LIMIT]))


@lru_cache(maxsize=1024)
def _addresses(text: str) -> tuple[Address, ...]:
    """Return the addresses of one header; the mails of a series go to the same people."""
    pairs = _plain_entries(text)
    if not pairs and not _ENDLESS.search(text):
        with contextlib.suppress(RecursionError, ValueError, IndexError, TypeError, AttributeError):
            pairs = [pair for pair in getaddresses([text]) if "@" in pair[1]]
    if not pairs:
        angle = _ANGLE.match(text)
        pairs = [(angle.group(1), angle.group(2))] if angle else [("", bare) for bare in _BARE.findall(text)[:500]]
    return tuple(Address(name=decode_words(name.strip().strip('"')), email=squash(mail)) for name, mail in pairs)


def _plain_entries(text: str) -> list[tuple[str, str]]:
    """Return the (name, address) pairs of a list in which every entry is plain, else an empty list."""
    pairs = []
    for entry in text.split(","):
        found = _PLAIN_ENTRY.fullmatch(entry)
        if not found:
            return []
        pairs.append((found.group(1) or "", found.group(2) or found.group(3)))
    return pairs


def resolve_author(headers: HeaderBlock) -> tuple[Address, tuple[str, ...]]:
    """Return who wrote the mail and notices. A list that rewrites From (DMARC) leaves the author in X-Original-From."""
    senders = parse_addresses(headers.all("From"))
    sender = senders[0] if senders else Address(name=decode_words(headers.first("From"))[:200], email="")
    if not senders:
        return sender, ("the mail has no sender's address",)
    original = parse_addresses(headers.all("X-Original-From"))
    if original and original[0].email.lower() != sender.email.lower() and " via " in f"{sender.name} ":
        return original[0], (f"the list rewrote the sender; the author is {original[0].email}",)
    return sender, ()


def parse_message_ids(values: Sequence[str]) -> tuple[str, ...]:
    """Return the Message-IDs in Message-ID, In-Reply-To or References headers, without angle brackets, each once."""
    found: dict[str, None] = {}
    for value in values:
        text = value[:_ADDRESS_LIMIT]
        ids = _MESSAGE_ID.findall(text)
        if not ids:
            # Broken mailers leave the brackets away; a word with an @ is all that can be meant.
            ids = [re.sub(r"[<>\s]", "", word) for word in text.split() if "@" in word.strip("<>@")][:1]
        found.update(dict.fromkeys(ids))
    return tuple(found)


def parse_date(value: str) -> tuple[datetime | None, str]:
    """Return the date, and a notice when it cannot be one: unreadable, before 1980 or after 2099."""
    if not value:
        return None, "the mail has no date"
    try:
        parts = parsedate_tz(value[:200])
        if parts is None:
            return None, f"the date '{value[:60]}' cannot be read"
        offset = parts[9] or 0
        odd = abs(offset) >= 86400
        zone = UTC if odd else timezone(timedelta(seconds=offset))
        date = datetime(*parts[:6], tzinfo=zone)
        date.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None, f"the date '{value[:60]}' is out of range"
    if not 1980 <= date.year <= 2099:
        return None, f"the date '{value[:60]}' is out of range"
    return date, "the date has an impossible time zone; read as UTC" if odd else ""


def _clean(text: str) -> str:
    return text.replace("\0", "\ufffd")

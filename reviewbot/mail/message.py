"""One raw mail to one `Message`."""

from __future__ import annotations

import hashlib
import re

from reviewbot.mail.body import Body, read_body
from reviewbot.mail.headers import (
    HeaderBlock,
    decode_words,
    parse_addresses,
    parse_date,
    parse_headers,
    parse_message_ids,
    resolve_author,
)
from reviewbot.mail.limits import DEFAULT_LIMITS, Limits, megabytes
from reviewbot.mail.types import Message
from reviewbot.patterns import regex

__all__ = ["looks_like_diff", "looks_like_mail", "read_message"]

_BARE_DIFF = regex(rb"\s*(?:diff --git |Index: |--- [^\r\n]+\r?\n\+\+\+ )")
_FIRST_HEADER = regex(rb"\s*(?:From [^\r\n]*\r?\n)?(?:>From [^\r\n]*\r?\n)?[!-9;-~]{1,76}[ \t]*:[^\r\n]*\r?\n")
_BLANK = regex(rb"\r?\n[ \t]*\r?\n|\r\r")
_LIST_ID = regex(r"<([^<>\s]+)>")
_LIST_HOSTS = regex(r"(vger\.kernel\.org|lists?\.|kvack\.org|googlegroups\.com)", re.IGNORECASE)


def looks_like_diff(raw: bytes) -> bool:
    """Return whether the bytes are a diff without any mail around it, as `git diff` prints it."""
    return bool(_BARE_DIFF.match(raw))


def looks_like_mail(raw: bytes) -> bool:
    """Return whether the bytes begin with a mail header."""
    return bool(_FIRST_HEADER.match(raw))


def read_message(raw: bytes, *, where: str = "", limits: Limits = DEFAULT_LIMITS) -> Message:
    """Return the mail, decoded. Never raises: what is odd stands in `warnings`.

    `raw` is one RFC 5322 message (or a bare diff) without an mbox separator; `where` names it in notices.
    """
    warnings: list[str] = []
    if looks_like_diff(raw):
        headers, start = HeaderBlock(items=()), 0
        warnings.append("there is no mail around the diff")
    else:
        raw = raw.lstrip(b"\r\n")
        found = _BLANK.search(raw)
        start = found.end() if found else len(raw)
        if start > limits.header_bytes:
            warnings.append(f"the headers are larger than {megabytes(limits.header_bytes)}; the rest is not read")
        headers = parse_headers(raw[: min(start, limits.header_bytes)])
    body = _bounded_body(raw, start, headers, limits)
    return _assemble(raw, headers, body, where, warnings)


def _bounded_body(raw: bytes, start: int, headers: HeaderBlock, limits: Limits) -> Body:
    if len(raw) <= limits.message_bytes:
        return read_body(raw, start, headers, limits)
    notice = f"the mail has {megabytes(len(raw))}, more than the {megabytes(limits.message_bytes)} that are read"
    return Body(text="", warnings=(f"{notice}; its text is left out",))


def _assemble(raw: bytes, headers: HeaderBlock, body: Body, where: str, warnings: list[str]) -> Message:
    author, author_notices = resolve_author(headers)
    date, date_notice = parse_date(headers.first("Date"))
    message_ids = parse_message_ids(headers.all("Message-ID"))
    if len(message_ids) > 1:
        warnings.append(f"the mail has {len(message_ids)} Message-IDs; the first is taken")
    if not message_ids:
        warnings.append("the mail has no Message-ID; one is made from its bytes")
    in_reply_to = parse_message_ids(headers.all("In-Reply-To")[:1])
    if headers.items:
        warnings.extend((*author_notices, date_notice))
    to, cc = parse_addresses(headers.all("To")), parse_addresses(headers.all("Cc"))
    found = _LIST_ID.search(headers.first("List-Id"))
    lists = [address.email for address in (*to, *cc) if _LIST_HOSTS.search(address.email)]
    return Message(
        message_id=message_ids[0] if message_ids else f"{hashlib.sha256(raw).hexdigest()[:40]}@no-message-id.invalid",
        synthetic_id=not message_ids,
        subject=decode_words(headers.first("Subject")),
        author=author,
        date=date,
        date_text=headers.first("Date"),
        in_reply_to=in_reply_to[0] if in_reply_to else "",
        references=parse_message_ids(headers.all("References")),
        to=to,
        cc=cc,
        reply_to=parse_addresses(headers.all("Reply-To")),
        list_id=found.group(1) if found else (lists[0].replace("@", ".", 1) if lists else ""),
        headers=headers.items,
        body=body.text,
        where=where,
        warnings=tuple(dict.fromkeys(notice for notice in (*warnings, *body.warnings) if notice)),
    )

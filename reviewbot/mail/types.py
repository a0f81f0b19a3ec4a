"""What the mail reader gives: one `Message` for every message of the input."""

from __future__ import annotations

from datetime import datetime

from reviewbot.values import dataclass

__all__ = ["Address", "Mailbox", "Message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox of a header: the display name (may be empty) and the address in its own spelling."""

    name: str
    email: str

    def __str__(self) -> str:
        """Return `Name <address>`, or the bare address."""
        return f"{self.name} <{self.email}>" if self.name else self.email


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail, decoded. Text is as the sender wrote it: it is not safe to print without `text.visible`.

    `message_id`, `in_reply_to` and `references` stand without angle brackets. A message that had no Message-ID
    carries one made from its bytes and `synthetic_id` is true. `date` is None when the header is missing, absurd
    or out of range; `date_text` keeps what it said. `body` is the text in which a patch may stand: transfer
    encoding, charset and format=flowed undone, line ends as LF; attached or inline patches follow the text part.
    `where` says where in the input it lay (`file.mbox#12`); `warnings` are one-line notices of what was odd.
    """

    message_id: str
    synthetic_id: bool
    subject: str
    author: Address
    date: datetime | None
    date_text: str
    in_reply_to: str
    references: tuple[str, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    list_id: str
    headers: tuple[tuple[str, str], ...]
    body: str
    where: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """All messages of one source in the order of the source, with one-line notices about the source itself.

    `damage` are those of the notices that say that a part of the source could not be read.
    """

    messages: tuple[Message, ...]
    warnings: tuple[str, ...]
    damage: tuple[str, ...] = ()

"""Mail from anywhere to `Message`: mboxes, maildirs, patches, and public-inbox archives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of
from reviewbot.mail.limits import DEFAULT_LIMITS, Limits
from reviewbot.mail.location import DEFAULT_MASK, Location, parse_location
from reviewbot.mail.message import read_message
from reviewbot.mail.network import Network
from reviewbot.mail.reader import RawMessage, join_mailboxes, read_raw, read_source
from reviewbot.mail.split import split_messages, write_mboxrd
from reviewbot.mail.types import Address, Mailbox, Message

if TYPE_CHECKING:
    from reviewbot.mail.fetch import FetchedThread, fetch_thread

__all__ = [
    "DEFAULT_LIMITS",
    "DEFAULT_MASK",
    "Address",
    "FetchedThread",
    "Limits",
    "Location",
    "Mailbox",
    "Message",
    "Network",
    "RawMessage",
    "fetch_thread",
    "join_mailboxes",
    "parse_location",
    "read_message",
    "read_raw",
    "read_source",
    "split_messages",
    "write_mboxrd",
]

# Only a fetch needs it: it loads an HTTP library, and most runs never ask the network.
__getattr__ = exports_of(__name__, {"FetchedThread": "fetch", "fetch_thread": "fetch"})

"""Header values out of strangers' words: one visible line each, and addresses that are some."""

from __future__ import annotations

from collections.abc import Iterable
from email.errors import MessageError
from email.headerregistry import Address as HeaderAddress

from reviewbot.mail.types import Address
from reviewbot.patterns import regex
from reviewbot.text import clip, squash, visible

__all__ = ["bare_id", "header_address", "is_address", "once", "one_line"]

# A dot-atom on both sides (RFC 5322, 3.4.1). Other forms are legal, but no mail of a list needs them.
_ADDRESS = regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
                 r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_ID = regex(r"[!-;=?-~]{1,240}")


def one_line(text: str) -> str:
    """Return text that may stand in a header: one line, nothing invisible. No stranger adds a header of his own."""
    return visible(squash(text))


def bare_id(message_id: str) -> str:
    """Return the Message-ID without its brackets, empty when it is none."""
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    return bare if _ID.fullmatch(bare) else ""


def is_address(text: str) -> bool:
    """Return whether the text is a plain address."""
    return _ADDRESS.fullmatch(text) is not None


def header_address(address: Address) -> HeaderAddress | None:
    """Return the address as a header takes it, or None when it is none."""
    if not is_address(address.email) or len(address.email) > 250:
        return None
    try:
        return HeaderAddress(display_name=clip(one_line(address.name), 120), addr_spec=address.email)
    except (ValueError, IndexError, MessageError):  # the standard library refuses some with one, some with another
        return None


def once(addresses: Iterable[Address], seen: set[str]) -> list[HeaderAddress]:
    """Return the addresses that are some and were not `seen` yet, each once; `seen` then has them."""
    out = []
    for address in addresses:
        header = header_address(address)
        if header is not None and address.email.lower() not in seen:
            seen.add(address.email.lower())
            out.append(header)
    return out

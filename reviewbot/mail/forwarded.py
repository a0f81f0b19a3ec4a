"""Mails that a mail hands on whole: the parts of a digest, or what somebody forwards as an attachment."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.message import Message as MimePart
from email.parser import BytesParser
from email.policy import compat32

from reviewbot.mail.limits import Limits
from reviewbot.patterns import regex

__all__ = ["forwarded_mails"]

_HANDED_ON = regex(rb"message/rfc822|multipart/digest", re.IGNORECASE)
_DIFF = regex(rb"^(?:@@ -\d|Content-Transfer-Encoding:[ \t]*base64)", re.MULTILINE | re.IGNORECASE)
_CONTAINER = regex(rb"multipart/", re.IGNORECASE)


def forwarded_mails(raw: bytes, limits: Limits) -> list[bytes]:
    """Return the mails attached to the mail, undecoded, in their order, when one of them may hold a patch.

    Those attached to them are not looked for.
    """
    if not _HANDED_ON.search(raw) or len(_HANDED_ON.findall(raw)) > limits.messages \
            or len(_CONTAINER.findall(raw)) > limits.parts:
        return []
    mails: list[bytes] = []
    try:
        pending: list[MimePart] = [BytesParser(policy=compat32).parsebytes(raw)]
        while pending:
            part = pending.pop()
            payload = part.get_payload()
            children = [child for child in payload if isinstance(child, MimePart)] if isinstance(payload, list) else []
            if part.get_content_type() == "message/rfc822":
                mails.extend(child.as_bytes(policy=compat32) for child in children)
            else:
                pending.extend(reversed(children))
    except (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError, IndexError):
        return []
    return mails if any(_DIFF.search(mail) for mail in mails) else []

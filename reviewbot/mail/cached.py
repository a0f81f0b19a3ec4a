"""A thread that was fetched before, found by any of its mails: what a mail program pipes is one mail of many."""

from __future__ import annotations

from reviewbot.errors import MailError
from reviewbot.mail.cache import Cache
from reviewbot.mail.network import Network
from reviewbot.mail.reader import read_source
from reviewbot.mail.types import Mailbox
from reviewbot.mail.unpack import gunzip, is_gzip

__all__ = ["thread_in_cache"]

_MOST = 64 << 20  # bytes of one kept thread
_LOOKED_AT = 60  # kept threads, the newest first


def thread_in_cache(message_id: str, network: Network) -> Mailbox | None:
    """Return the newest kept thread that holds the mail, however old it is; None when there is none.

    Nothing is asked of any archive.
    """
    wanted = f"<{message_id}>".encode("utf-8", "replace")
    for url, entry in Cache(folder=network.cache_folder, now=network.clock()).newest(_LOOKED_AT, most=_MOST):
        try:
            data = gunzip(entry.data, where=url, limits=network.limits)[0] if is_gzip(entry.data) else entry.data
            if wanted not in data:
                continue
            found = read_source(data, name=url.rsplit("/", 1)[-1], limits=network.limits)
        except MailError:
            continue
        if any(message.message_id == message_id for message in found.messages):
            notice = f"{url}: fetched {int(entry.age // 60)} minutes ago; the thread may have gone on"
            return Mailbox(messages=found.messages, warnings=(notice, *found.warnings), damage=found.damage)
    return None

"""Later mails of the same series out of a public-inbox archive: one search, when somebody asks for it."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

import requests

from reviewbot.errors import NetworkError
from reviewbot.mail.fetch import FetchedThread, Unreachable, ask_archive, unpack
from reviewbot.mail.network import Network, parts_of
from reviewbot.mail.unpack import is_gzip

__all__ = ["search_newer"]

_SEARCH = "https://lore.kernel.org/all/?x=m&q=%s"
"""Where is searched unless `b4.searchmask` says otherwise."""


def search_newer(network: Network, *, subject: str, author: str, change_id: str, since: date | None
                 ) -> FetchedThread | None:
    """Return the threads that an archive finds for a series by its change-id, else by title and author (an address),
    from the day `since` on; None when it finds none. What comes need not be of the series.

    Raises NetworkError when the network is not allowed, fails or refuses.
    """
    mask = _mask(network)
    url = mask.replace("%s", quote(_query(subject, author, change_id, since), safe=""), 1)
    url = url if re.search(r"[?&]t=", url) else f"{url}&t=1"
    if not network.allowed:
        raise NetworkError("the network is needed for this and is switched off", where=mask)
    session = network.session or requests.Session()
    try:
        answer = ask_archive(session, "POST", url, network)
    except Unreachable as error:
        raise NetworkError(f"the archive cannot be reached: {error}", where=mask.partition("?")[0],
                           hint="try again later, or leave -c away") from error
    finally:
        if network.session is None:
            session.close()
    if answer.status == 404:
        return None
    if answer.status != 200 or not is_gzip(answer.data):
        raise NetworkError(f"the archive answers a search with status {answer.status} and no mail", where=mask)
    return unpack(answer.data, mask, [], network)


def _mask(network: Network) -> str:
    """Return the address of a search: what `b4.searchmask` says, else that of the archive of `b4.midmask`."""
    named = network.settings.get("b4.searchmask", "")
    known = network.settings.get("b4.midmask", "")
    mask = named or (f"{known.split('%s', 1)[0].rstrip('/')}/?x=m&q=%s" if "%s" in known else _SEARCH)
    if parts_of(mask).scheme not in {"http", "https"} or not parts_of(mask).netloc or "%s" not in mask:
        raise NetworkError("b4.searchmask is no http address with a %s", where=mask[:200],
                           hint=f"the default is {_SEARCH}")
    return mask


def _query(subject: str, author: str, change_id: str, since: date | None) -> str:
    """Return the question as public-inbox reads it."""
    plain = " ".join(re.sub(r'["\x00-\x1f\x7f]', " ", subject).split())
    address = re.sub(r"[^\w.+@-]", "", author)
    asked = f'nq:"change-id: {change_id}"' if re.fullmatch(r"[\w.+-]{1,200}", change_id) else \
        f's:"{plain}" AND f:{address}'
    return f"({asked}) AND d:{since:%Y%m%d}.." if since is not None else asked

"""A thread out of a public-inbox archive: one polite request, bounded, and a plain line when it is refused.

`t.mbox.gz` gives the whole thread (the server needs a search index for it), `raw` the one mail. Other origins are
asked only when one cannot be reached or fails itself, never when it says no.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import requests

from reviewbot.errors import MailError, NetworkError
from reviewbot.mail.cache import Cache
from reviewbot.mail.guarded import PrivateAddress, guard, is_public, within
from reviewbot.mail.limits import megabytes
from reviewbot.mail.location import DEFAULT_MASK, Location
from reviewbot.mail.message import looks_like_mail
from reviewbot.mail.network import Network, parts_of
from reviewbot.mail.reader import read_source
from reviewbot.mail.types import Mailbox
from reviewbot.mail.unpack import gunzip, is_gzip
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Answer", "FetchedThread", "Unreachable", "ask_archive", "fetch_thread", "unpack"]

DOWNLOAD_BYTES = 64 << 20
"""The most that one answer may have, packed."""

DEADLINE = 300.0
"""Seconds that one answer may take in all; a server that sends a byte now and then ends here."""

_REDIRECTS = 5
_SEARCH = {"x": "m"}  # the form in which public-inbox gives what it found as mails
_WALL = regex(rb"making sure you|anubis|are you a (?:ro)?bot|captcha|challenge", re.IGNORECASE)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedThread:
    """The thread's mbox as bytes, its messages, the `url` it came from, and notices."""

    data: bytes
    mailbox: Mailbox
    url: str


class Unreachable(Exception):
    """An origin could not be reached or failed itself; the next one may be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said: its status, the kind of data, the data, and the address they came from in the end."""

    status: int
    kind: str
    data: bytes
    url: str


def fetch_thread(location: Location, network: Network) -> FetchedThread:
    """Return the thread of the mail that `location` names (kind `message`), or the mbox at its address (kind `mbox`).

    Raises NetworkError when the network is not allowed, refuses, or answers with something else than mail, and
    MailError when the archive has no such mail.
    """
    pages = _pages(location, network)
    cached = _from_cache(pages[0], network)
    if cached is not None:
        return cached
    if not network.allowed:
        raise NetworkError("the network is needed for this and is switched off", where=pages[0],
                           hint="leave --no-network away, or give the thread as a file ('b4 mbox' saves one)")
    session = network.session or requests.Session()
    problem = ""
    try:
        for page in pages:
            try:
                answer, notices = (_ask_mbox if location.kind == "mbox" else _ask)(session, page, network)
            except Unreachable as error:
                problem = problem or str(error)
                continue
            return _finish(answer, notices, pages[0], network)
    finally:
        if network.session is None:
            session.close()
    others = f" (nor can {len(pages) - 1} other)" if len(pages) > 1 else ""
    raise NetworkError(f"the archive cannot be reached{others}: {problem}", where=pages[0],
                       hint="try again later, or give the thread as a file")


def _pages(location: Location, network: Network) -> list[str]:
    """Return the addresses of the mail's page, the canonical one first, then the same at the fallback origins."""
    mask = network.settings.get("b4.midmask", "") or DEFAULT_MASK
    first = location.url(mask)
    parts = parts_of(first)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise NetworkError("b4.midmask is no http address", where=mask[:200], hint=f"the default is {DEFAULT_MASK}")
    pages = [first]
    if location.kind == "mbox":
        return pages
    for origin in network.settings.get("lore.fallback", "").split():
        other = parts_of(origin)
        if other.scheme in {"http", "https"} and other.netloc:
            pages.append(f"{other.scheme}://{other.netloc}{other.path.rstrip('/')}{parts.path}")
    return list(dict.fromkeys(pages))


def _from_cache(page: str, network: Network) -> FetchedThread | None:
    cache = Cache(folder=network.cache_folder, now=network.clock())
    entry = cache.read(page, most=DOWNLOAD_BYTES)
    if entry is None or (network.allowed and entry.age >= network.cache_seconds):
        return None
    notices = []
    if entry.age >= network.cache_seconds:
        notices.append(f"{page}: fetched {int(entry.age // 60)} minutes ago; the thread may have gone on")
    return unpack(entry.data, page, notices, network)


def _finish(answer: Answer, notices: list[str], page: str, network: Network) -> FetchedThread:
    fetched = unpack(answer.data, page, notices, network)
    if not notices and not fetched.mailbox.damage:
        # A thread that lacks its other mails, or its end, is not worth keeping.
        Cache(folder=network.cache_folder, now=network.clock()).write(page, answer.data)
    return fetched


def unpack(data: bytes, page: str, notices: list[str], network: Network) -> FetchedThread:
    """Return the mails of an answer, with the notices about it; packed data are unpacked within the limits."""
    damage: tuple[str, ...] = ()
    if is_gzip(data):
        data, damage = gunzip(data, where=page, limits=network.limits)
    mailbox = read_source(data, name=page.rsplit("/", 1)[-1], limits=network.limits)
    return FetchedThread(data=data, url=page, mailbox=Mailbox(
        messages=mailbox.messages, warnings=(*notices, *damage, *mailbox.warnings),
        damage=(*damage, *mailbox.damage)))


def _ask(session: requests.Session, page: str, network: Network) -> tuple[Answer, list[str]]:
    """Return the thread or, where the server cannot give it, the one mail, and notices about that."""
    thread = _get(session, f"{page}/t.mbox.gz", network)
    if thread.status == 200 and is_gzip(thread.data):
        return thread, []
    _refuse_wall(thread, page)
    mail = _get(session, f"{page}/raw", network)
    if mail.status == 200 and looks_like_mail(mail.data):
        return mail, [f"{page}: the archive gives no threads, only this mail; replies and other patches are not seen"]
    _refuse_wall(mail, page)
    if mail.status in {404, 300}:
        elsewhere = _other_list(session, page, network)
        if elsewhere:
            again, notices = _ask_there(session, elsewhere, network)
            return again, notices
        raise MailError("the archive has no mail with this Message-ID", where=page,
                        hint="check the Message-ID; a new mail may need some minutes to arrive")
    raise NetworkError(f"the archive answers with status {mail.status} and no mail", where=page,
                       hint="try again later, or give the thread as a file")


def _ask_mbox(session: requests.Session, page: str, network: Network) -> tuple[Answer, list[str]]:
    """Return the mails that a patchwork server gives for a series or a patch, without what was answered to them."""
    answer = _get(session, page, network)
    if answer.status == 200 and looks_like_mail(answer.data):
        return answer, ["these mails come from patchwork; what people answered to them is not seen"]
    _refuse_wall(answer, page)
    if answer.status == 404:
        raise MailError("the server has no such series or patch", where=page, hint="check the number")
    raise NetworkError(f"the server answers with status {answer.status} and no mail", where=page,
                       hint="try again later, or give the thread as a file")


def _ask_there(session: requests.Session, page: str, network: Network) -> tuple[Answer, list[str]]:
    """Return the thread from the list to which the archive pointed."""
    for form in ("t.mbox.gz", "raw"):
        answer = _get(session, f"{page}/{form}", network)
        if answer.status == 200 and (is_gzip(answer.data) or looks_like_mail(answer.data)):
            return answer, [f"{page}: the mail is on this list, not on the one that was named"]
        _refuse_wall(answer, page)
    raise MailError("the archive names this list for the mail but does not give it", where=page,
                    hint="try again later, or give the thread as a file")


def _other_list(session: requests.Session, page: str, network: Network) -> str:
    """Return the page of the mail on another list of the same archive, if the archive knows one."""
    parts = urlsplit(page)
    name = parts.path.rsplit("/", 1)[-1]
    origin = f"{parts.scheme}://{parts.netloc}"
    found = ask_archive(session, "HEAD", f"{origin}/{name}/", network)
    target = urlsplit(found.url)
    here = target.path.rstrip("/")
    moved = target.netloc == parts.netloc and here.endswith(f"/{name}") and here not in {f"/{name}", parts.path}
    return f"{origin}{here}" if found.status == 200 and moved else ""


def _get(session: requests.Session, url: str, network: Network) -> Answer:
    return ask_archive(session, "GET", url, network)


def ask_archive(session: requests.Session, method: str, url: str, network: Network) -> Answer:
    """Return the answer behind at most five redirects, all of them http(s) and to public addresses, in DEADLINE
    seconds; a POST is a search. Raises Unreachable and NetworkError."""
    answer = within(DEADLINE, lambda: _follow(session, method, url, network))
    if answer is None:
        raise _too_slow(url)
    return answer


def _follow(session: requests.Session, method: str, url: str, network: Network) -> Answer:
    started = network.clock()
    origin = urlsplit(url).netloc
    for _ in range(_REDIRECTS + 1):
        try:
            with session.request(method, url, stream=True, allow_redirects=False, timeout=network.timeouts,
                                 auth=_no_credentials, data=_SEARCH if method == "POST" else None,
                                 headers={"User-Agent": network.user_agent, "Accept-Encoding": "identity"}) as reply:
                target = reply.headers.get("Location", "")
                if reply.status_code in {301, 302, 303, 307, 308} and target:
                    url = _redirected(url, target)
                    if urlsplit(url).netloc != origin and urlsplit(url)[:2] not in network.own_archives:
                        _leave_origin(session, url)
                    continue
                if reply.status_code >= 500 and reply.status_code != 501:
                    raise Unreachable(f"status {reply.status_code}" + _waits(reply.headers.get("Retry-After", "")))
                data = b"" if method == "HEAD" else _read_bounded(reply, url, started, network)
                return Answer(status=reply.status_code, kind=reply.headers.get("Content-Type", ""), data=data, url=url)
        except PrivateAddress as error:
            raise _private(url) from error
        except (requests.ConnectionError, requests.Timeout) as error:
            raise Unreachable(_reason(error)) from error
        except (requests.RequestException, ValueError, UnicodeError) as error:
            raise NetworkError(f"the request fails ({type(error).__name__})", where=url[:200],
                               hint="check the address") from error
    raise NetworkError(f"the archive redirects more than {_REDIRECTS} times", where=url[:200], hint="check the address")


def _waits(header: str) -> str:
    """Return for how long a server wants to be left alone, as it says it in seconds; empty when it does not."""
    return f", it asks to wait {header} seconds" if re.fullmatch(r"[0-9]{1,6}", header) else ""


def _redirected(url: str, target: str) -> str:
    there = urljoin(url, target)
    parts = urlsplit(there)
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
        raise NetworkError("the archive redirects to something that is no web address", where=url[:200],
                           hint="check the address")
    if url.startswith("https:") and parts.scheme == "http":
        raise NetworkError("the archive redirects from https to http", where=url[:200], hint="check the address")
    return there


def _read_bounded(reply: requests.Response, url: str, started: float, network: Network) -> bytes:
    data = bytearray()
    for chunk in reply.iter_content(_CHUNK):
        data += chunk
        if len(data) > DOWNLOAD_BYTES:
            raise NetworkError(f"the answer is larger than {megabytes(DOWNLOAD_BYTES)}", where=url[:200],
                               hint="give the thread as a file")
        if network.clock() - started > DEADLINE:
            raise _too_slow(url)
    return bytes(data)


def _too_slow(url: str) -> NetworkError:
    return NetworkError(f"the answer takes longer than {DEADLINE:.0f} seconds", where=url[:200],
                        hint="try again later, or give the thread as a file")


def _private(url: str) -> NetworkError:
    return NetworkError("the archive redirects to an address of this machine or its own network", where=url[:200],
                        hint="name that archive itself, or in lore.fallback, if it is meant")


def _leave_origin(session: requests.Session, url: str) -> None:
    """Look at where a redirect leads before the first byte goes there, and again when the connection stands."""
    if not is_public(urlsplit(url).hostname or ""):
        raise _private(url)
    guard(session, url)


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request as it is: without this, requests sends the password that ~/.netrc has for the host."""
    return request


def _refuse_wall(answer: Answer, page: str) -> None:
    """Raise NetworkError when a web page came instead of mail and it is not a plain 'not found'."""
    start = answer.data[:20_000]
    is_page = "html" in answer.kind.lower() or start.lstrip()[:1] == b"<"
    wall = bool(_WALL.search(start)) and is_page
    if answer.status in {404, 300} and not wall:
        return
    if answer.status in {401, 403, 429} or wall or (answer.status == 200 and is_page):
        page_or_refusal = f"answers with a web page or a refusal (status {answer.status})"
        what = "asks whether we are a robot" if wall else page_or_refusal
        name = page.rsplit("/", 1)[-1]
        raise NetworkError(f"the archive {what}; this program does not pretend to be a person", where=page, hint=(
            f"get the thread with 'b4 mbox {name}', 'lei q -o mboxrd:FILE mid:{name}', a clone of the list's git, "
            "nntp.lore.kernel.org, or a browser (t.mbox.gz), and give that file"))


def _reason(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return "it does not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not accepted"
    return "no connection"

"""From the SOURCE words of a command line to mail and series."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import platformdirs

from reviewbot import __version__, mail
from reviewbot.cli.b4_tracking import tracked_series
from reviewbot.cli.settings import settings
from reviewbot.cli.via_b4 import thread_by_b4
from reviewbot.errors import InputError, MailError, NetworkError, UsageError
from reviewbot.mail import (
    DEFAULT_LIMITS,
    Location,
    Mailbox,
    Network,
    join_mailboxes,
    parse_location,
    read_source,
)
from reviewbot.mail.cached import thread_in_cache
from reviewbot.series import LIST_PREFERENCE, Series, SeriesSet, find_series
from reviewbot.series.subject import parse_subject
from reviewbot.source import series_from_git
from reviewbot.source.inbox import epochs_of, read_inbox
from reviewbot.values import dataclass

__all__ = ["Input", "account_for_all", "cache_folder", "locate", "network_of", "read_sources", "told_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What the SOURCE words gave: every message (none for `git:` ranges) and every series in them.

    `patch` is the number of the only patch that was asked about, 0 when it is the series.
    """

    mailbox: Mailbox
    found: SeriesSet
    patch: int = 0


def cache_folder() -> Path:
    """Return the user's cache folder of the program; nothing in it is ever needed again."""
    return Path(platformdirs.user_cache_dir("reviewbot"))


def network_of(*, allowed: bool, cache: Path | None) -> Network:
    """Return how the network may be used: the user's git settings, the clock and the cache folder of this run."""
    return Network(version=__version__, clock=time.time, allowed=allowed,
                   cache_folder=cache / "threads" if cache else None, settings=settings())


def locate(source: str) -> Location:
    """Return what a SOURCE word names; a file of that name wins over every other reading."""
    if source != "-" and os.path.exists(source):  # noqa: PTH110 - Path.exists() raises for a name that is too long
        return Location(kind="path", text=source, path=source)
    return parse_location(source)


def read_sources(sources: tuple[str, ...], *, version: int | None, tree: Path | None, network: Network,
                 message_id: str = "", via_b4: bool = False, separator: str = "") -> Input:
    """Return the messages and series of all sources together; `message_id` is a mail that is wanted of an inbox,
    `separator` what stands between the mails of standard input, if it is no mailbox.

    Raises InputError when one cannot be read, UsageError when a range of commits comes without a tree, or is asked for
    a version.
    """
    boxes: list[Mailbox] = []
    ranges: list[Series] = []
    for location in map(locate, sources):
        match location.kind:
            case "git":
                if tree is None:
                    raise UsageError(f"'{location.text}' names commits", hint="say with --tree in which repository")
                ranges.append(series_from_git(tree, f"{location.git_base}..{location.git_topic}"))
            case "message" | "mbox":
                asks_b4 = via_b4 and location.kind == "message"
                boxes.append(thread_by_b4(location.message_id) if asks_b4 else
                             mail.fetch_thread(location, network).mailbox)
            case "stdin":
                data = sys.stdin.buffer.read(DEFAULT_LIMITS.source_bytes + 1)  # one more than read_source accepts
                piped = read_parts(data, separator) if separator else read_source(data, name="standard input")
                tracked = tracked_series(piped, os.environ, tree) if len(sources) == 1 else None
                if tracked is not None:
                    found = SeriesSet(series=(tracked.series,), older=(), roles=tracked.series.roles, warnings=())
                    return Input(mailbox=piped, found=found, patch=tracked.patch)
                boxes.append(_whole_thread(piped, network))
            case "path":
                path = Path(location.path)
                if (path / "Kconfig").is_file():
                    raise UsageError("this is a kernel tree, not mail", where=location.text,
                                     hint=f"write --tree {location.text}, and name the mails of a series")
                boxes.append(read_inbox(path, message_id=message_id.strip("<> ")) if epochs_of(path) else
                             read_source(path))
    if version is not None and not boxes:
        raise UsageError("commits have no versions", hint="--version-of-series is for mails")
    mailbox = join_mailboxes(boxes)
    found = find_series(mailbox, version=version, list_preference=_preference(mailbox, network))
    if ranges:
        found = replace(found, series=(*ranges, *found.series))
    return Input(mailbox=mailbox, found=found)


def _preference(mailbox: Mailbox, network: Network) -> tuple[str, ...]:
    """Return which list's copy of a mail is kept. The user is asked only where a mail came more than once."""
    ids = {message.message_id for message in mailbox.messages}
    asked = network.settings.get("b4.listid-preference", "") if len(ids) < len(mailbox.messages) else ""
    return tuple(filter(None, asked.replace(" ", "").split(","))) or LIST_PREFERENCE


def read_parts(data: bytes, separator: str) -> Mailbox:
    """Return the mails that a mail program piped with a separator of its own between them."""
    mark = separator.encode().decode("unicode_escape").encode("latin-1", "replace") if separator.isascii() \
        else separator.encode()
    parts = [part for part in data.split(mark) if part.strip()]
    return join_mailboxes([read_source(part, name=f"standard input#{number}") for number, part in enumerate(parts, 1)])


def _whole_thread(mailbox: Mailbox, network: Network) -> Mailbox:
    """Return the thread of a mail that came alone: a mail program pipes one, and means the series.

    Without the network it is a thread that was fetched before; when there is none, or the archive has no such mail,
    the one mail is all there is.
    """
    if len(mailbox.messages) != 1 or mailbox.messages[0].synthetic_id:
        return mailbox
    message = mailbox.messages[0]
    alone = find_series(mailbox)
    if len(alone.series) == 1 and alone.series[0].total == 1 and alone.series[0].patches \
            and not parse_subject(message.subject).reply:
        return mailbox
    if not network.allowed:
        kept = thread_in_cache(message.message_id, network)
        return _alone(mailbox, "it was not fetched before, and the network is switched off") if kept is None \
            else join_mailboxes([mailbox, kept])
    location = Location(kind="message", text=message.message_id, message_id=message.message_id)
    try:
        fetched = mail.fetch_thread(location, network).mailbox
    except (NetworkError, InputError) as error:
        return _alone(mailbox, f"{error.where}: {error.what}" if error.where else error.what)
    return join_mailboxes([mailbox, fetched])


def _alone(mailbox: Mailbox, why: str) -> Mailbox:
    """Return the mailbox of one mail with the reason why the rest of its thread is not there."""
    return replace(mailbox, damage=(*mailbox.damage, f"the other mails of the thread were not fetched ({why})"))


@contextmanager
def told_of(mailbox: Mailbox) -> Iterator[None]:
    """Raise what is said of an input that holds no patch together with what kept more of it from being read."""
    try:
        yield
    except MailError as error:
        if mailbox.damage:
            error.what = f"{error.what}; {mailbox.damage[0]}"
        raise


def account_for_all(chosen: list[Series], found: SeriesSet) -> list[Series]:
    """Return the chosen series so that their roles together name every message of the input.

    What belongs to none of them is accounted for in the first: it was read, and set aside for a reason.
    """
    known = {role.message_id for series in chosen for role in series.roles}
    rest = tuple(role if role.role == "ignored" else
                 replace(role, role="ignored", why=f"belongs to another series of the input ({role.why})")
                 for role in found.roles if role.message_id not in known)
    if not chosen or not rest:
        return chosen
    return [replace(chosen[0], roles=(*chosen[0].roles, *rest)), *chosen[1:]]

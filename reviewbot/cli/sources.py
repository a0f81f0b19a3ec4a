"""From the SOURCE words of a command line to mail and series."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from reviewbot import __version__
from reviewbot.cli.gitconfig import git_settings
from reviewbot.errors import ChoiceError, InputError, NetworkError, UsageError
from reviewbot.mail import (
    Location,
    Mailbox,
    Network,
    fetch_thread,
    join_mailboxes,
    parse_location,
    read_source,
)
from reviewbot.series import Series, SeriesSet, find_series
from reviewbot.source import series_from_git

__all__ = ["Input", "cache_folder", "choose_series", "network_of", "read_sources"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What the SOURCE words gave: every message (none for `git:` ranges) and every series in them."""

    mailbox: Mailbox
    found: SeriesSet


def cache_folder() -> Path:
    """Return the user's cache folder of the program; nothing in it is ever needed again."""
    return Path(platformdirs.user_cache_dir("reviewbot"))


def network_of(*, allowed: bool, cache: Path | None) -> Network:
    """Return how the network may be used: the user's git settings, the clock and the cache folder of this run."""
    return Network(version=__version__, clock=time.time, allowed=allowed,
                   cache_folder=cache / "threads" if cache else None, settings=git_settings())


def locate(source: str) -> Location:
    """Return what a SOURCE word names; a file of that name wins over every other reading."""
    if source != "-" and Path(source).exists():
        return Location(kind="path", text=source, path=source)
    return parse_location(source)


def read_sources(sources: tuple[str, ...], *, version: int | None, tree: Path | None, network: Network) -> Input:
    """Return the messages and series of all sources together.

    Raises InputError when one cannot be read, UsageError when a range of commits comes without a tree.
    """
    boxes: list[Mailbox] = []
    ranges: list[Series] = []
    for location in map(locate, sources):
        match location.kind:
            case "git":
                if tree is None:
                    raise UsageError(f"'{location.text}' names commits", hint="say with --tree in which repository")
                ranges.append(series_from_git(tree, f"{location.git_base}..{location.git_topic}"))
            case "message":
                boxes.append(fetch_thread(location, network).mailbox)
            case "stdin":
                boxes.append(_whole_thread(read_source(sys.stdin.buffer.read(), name="standard input"), network))
            case "path":
                boxes.append(read_source(Path(location.path)))
    mailbox = join_mailboxes(boxes)
    found = find_series(mailbox, version=version)
    if ranges:
        found = replace(found, series=(*ranges, *found.series))
    return Input(mailbox=mailbox, found=found)


def _whole_thread(mailbox: Mailbox, network: Network) -> Mailbox:
    """Return the thread of a mail that came alone: a mail program pipes one, and means the series.

    Without the network, or when the archive has no such mail, the one mail is all there is.
    """
    if len(mailbox.messages) != 1 or not network.allowed or mailbox.messages[0].synthetic_id:
        return mailbox
    message = mailbox.messages[0]
    alone = find_series(mailbox)
    if len(alone.series) == 1 and alone.series[0].total == 1 and alone.series[0].patches:
        return mailbox
    location = Location(kind="message", text=message.message_id, message_id=message.message_id)
    try:
        fetched = fetch_thread(location, network).mailbox
    except (NetworkError, InputError) as error:
        return Mailbox(messages=mailbox.messages, warnings=(*mailbox.warnings, f"the thread was not fetched: {error}"))
    return join_mailboxes([mailbox, fetched])


def choose_series(found: SeriesSet, *, message_id: str) -> Series:
    """Return the series that was named, or the only one.

    Raises ChoiceError when there are several and none was named, InputError when there is none.
    """
    if message_id:
        wanted = message_id.strip().strip("<>")
        for series in (*found.series, *found.older):
            if wanted in {series.message_id, *(patch.message_id for patch in series.patches)}:
                return series
        raise InputError(f"no series here has the Message-ID '{wanted}'",
                         hint="--series takes the Message-ID of a cover letter or patch")
    known = [series for series in found.series if series.patches or series.kind != "patches"]
    if not known:
        raise InputError("no patch in the input", hint="give an mbox, a patch, or a Message-ID of a patch series")
    if len(known) > 1:
        raise ChoiceError(f"{len(known)} series in the input", hint="name one with --series MESSAGE-ID, or use --all",
                          choices=tuple((series.message_id, series.subject) for series in known))
    return known[0]

"""From the SOURCE words of a command line to mail and series."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from reviewbot.errors import ChoiceError, InputError
from reviewbot.mail import Mailbox, join_mailboxes, read_source
from reviewbot.series import Series, SeriesSet, find_series

__all__ = ["Input", "cache_folder", "choose_series", "read_sources"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What the SOURCE words gave: every message (none for `git:` ranges) and every series in them."""

    mailbox: Mailbox
    found: SeriesSet


def cache_folder() -> Path:
    """Return the user's cache folder of the program; nothing in it is ever needed again."""
    return Path(platformdirs.user_cache_dir("reviewbot"))


def read_sources(sources: tuple[str, ...], *, version: int | None) -> Input:
    """Return the messages and series of all sources together. Raises InputError when there is nothing to read."""
    boxes = [read_source(sys.stdin.buffer.read(), name="standard input") if source == "-" else read_source(Path(source))
             for source in sources]
    mailbox = join_mailboxes(boxes)
    return Input(mailbox=mailbox, found=find_series(mailbox, version=version))


def choose_series(found: SeriesSet, *, message_id: str) -> Series:
    """Return the series that was named, or the only one. Raises ChoiceError when there are several, InputError for none."""
    if message_id:
        wanted = message_id.strip().strip("<>")
        for series in (*found.series, *found.older):
            if wanted in {series.message_id, *(patch.message_id for patch in series.patches)}:
                return series
        raise InputError(f"no series here has the Message-ID '{wanted}'", hint="--series takes the Message-ID of a cover or patch")
    with_patches = [series for series in found.series if series.patches] or list(found.series)
    if not with_patches:
        raise InputError("no patch in the input", hint="give an mbox, a patch, or a Message-ID of a patch series")
    if len(with_patches) > 1:
        raise ChoiceError(f"{len(with_patches)} series in the input", hint="name one with --series MESSAGE-ID, or use --all",
                          choices=tuple((series.message_id, series.subject) for series in with_patches))
    return with_patches[0]

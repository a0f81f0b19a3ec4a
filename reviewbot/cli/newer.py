"""`--check-newer-revisions`: is there a later version of the series than the input holds?"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reviewbot.cli.gitconfig import SECTIONS
from reviewbot.cli.sources import Input
from reviewbot.errors import NetworkError, UsageError
from reviewbot.mail import Mailbox, Network, join_mailboxes
from reviewbot.series import Series, SeriesSet, choose_series, find_series
from reviewbot.text import clip, visible

if TYPE_CHECKING:
    from reviewbot.mail import FetchedThread  # it would load an HTTP library

__all__ = ["asks_newer", "newer_option", "newer_thread", "newest_of", "no_settings", "with_newer"]


_META = "reviewbot.newer"


def _keep(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's own signature
    context.meta[_META] = value


newer_option = click.option(
    "-c", "--check-newer-revisions", is_flag=True, expose_value=False, is_eager=True, callback=_keep,
    help="Ask the archive whether there is a newer version of the series, and take that, as b4 does. (A setting stands "
         "before the command: 'reviewbot -c NAME=VALUE ...'.)")


def asks_newer() -> bool:
    """Return whether the running command was asked to look for newer versions."""
    return bool(click.get_current_context().meta.get(_META))


def no_settings(context: click.Context, __: click.Parameter, sources: str | tuple[str, ...]
                ) -> str | tuple[str, ...]:
    """Return the SOURCE words. Raises UsageError where `-c` was meant for a setting, which became one of them."""
    for source in ((sources,) if isinstance(sources, str) else sources) if asks_newer() else ():
        name, equals, _ = source.partition("=")
        section, dot, _ = name.partition(".")
        known = section.lower() in SECTIONS or (section.isalnum() and "@" not in source)
        if equals and dot and known and not os.path.exists(source):  # noqa: PTH110 - it may be longer than a name
            told, command = clip(visible(source), 80), context.info_name
            raise UsageError(f"'{told}' is a setting, and behind '{command}' -c asks for a newer version of the series",
                             where="-c", hint="a setting stands before the command: "
                             f"'reviewbot -c {told} {command} ...'")
    return sources


def newer_thread(mailbox: Mailbox, series: Series, network: Network, *, quiet: bool) -> FetchedThread | None:
    """Return the mails of the later versions that the archive finds, None when there is none; standard error says
    what was found, or why nobody could look."""
    from reviewbot.mail.newer import search_newer  # noqa: PLC0415 - it loads an HTTP library

    try:
        found = search_newer(network, subject=series.subject, author=series.author.email, change_id=series.change_id,
                             since=series.date.date() if series.date is not None else None)
    except NetworkError as error:
        _tell(f"no newer version was looked for: {error}", quiet=quiet)
        return None
    joined = find_series(join_mailboxes([mailbox, *([found.mailbox] if found is not None else [])]))
    versions = next((one.versions for one in joined.series if series.message_id in {name for _, name in one.versions}),
                    ())
    newer = {name: number for number, name in versions if number > series.version}
    if found is None or not newer:
        _tell(f"no newer version than {series.version} was found", quiet=quiet)
        return None
    wanted = {role.message_id for one in (*joined.series, *joined.older) if one.message_id in newer
              for role in one.roles if role.role != "ignored"}
    known = {message.message_id for message in mailbox.messages}
    kept = [message for message in found.mailbox.messages if message.message_id in wanted - known]
    for name, number in newer.items():
        _tell(f"version {number} is newer: {name}", quiet=quiet)
    return replace(found, mailbox=replace(found.mailbox, messages=tuple(kept)))


def with_newer(given: Input, network: Network, *, message_id: str, version: int | None, where: str, quiet: bool
               ) -> tuple[Input, str]:
    """Return the input with the mails of later versions, and the Message-ID of the series that is meant; both as they
    were where nobody asked or there is none."""
    if not asks_newer():
        return given, message_id
    here = choose_series(given.found, message_id=message_id, version=version, where=where)
    later = newer_thread(given.mailbox, here, network, quiet=quiet)
    if later is None:
        return given, message_id
    mailbox = join_mailboxes([given.mailbox, later.mailbox])
    found = find_series(mailbox, version=version)
    return replace(given, mailbox=mailbox, found=found), newest_of(found, here) or message_id


def newest_of(found: SeriesSet, series: Series) -> str:
    """Return the Message-ID of the chosen version of the family that the series belongs to, empty without one."""
    return next((one.message_id for one in found.series
                 if series.message_id in {name for _, name in one.versions}), "")


def _tell(text: str, *, quiet: bool) -> None:
    if not quiet:
        click.echo(f"reviewbot: {visible(text)}", err=True)

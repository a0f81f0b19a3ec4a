"""`reviewbot fetch`: only gets and orders the mails of a series."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reviewbot.cli.newer import asks_newer, newer_option, newer_thread, newest_of, no_settings
from reviewbot.cli.sources import cache_folder, locate, network_of
from reviewbot.cli.streams import require_other_files, write_file
from reviewbot.errors import InputError, UsageError
from reviewbot.mail import (
    DEFAULT_LIMITS,
    Mailbox,
    fetch_thread,
    join_mailboxes,
    read_raw,
    read_source,
    split_messages,
    write_mboxrd,
)
from reviewbot.report.order import spell_count
from reviewbot.series import choose_series, find_series

__all__ = ["fetch"]


@click.command()
@click.argument("source", callback=no_settings)
@click.option("-o", "output", required=True, metavar="FILE.mbox", type=click.Path(dir_okay=False, path_type=Path),
              help="Where the messages go, as mboxrd.")
@click.option("--series", "message_id", default="", metavar="MESSAGE-ID", help="This series, if there are several.")
@click.option("--version-of-series", type=click.IntRange(1, 999), metavar="N", help="This version, not the newest.")
@newer_option
@click.option("--no-network", is_flag=True, help="Take it from the cache or not at all.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
def fetch(source: str, output: Path, message_id: str, version_of_series: int | None, *, no_network: bool,
          no_cache: bool) -> None:
    """Get the mails of a series and write them in order: cover letter, patches, then the replies.

    SOURCE is a lore URL, a Message-ID, a mailbox file or - for standard input.
    """
    require_other_files([output], [source])
    network = network_of(allowed=not no_network, cache=None if no_cache else cache_folder())
    location = locate(source)
    match location.kind:
        case "message" | "mbox":
            fetched = fetch_thread(location, network)
            raw, mailbox = list(split_messages(fetched.data)), fetched.mailbox
        case "git":
            raise UsageError(f"'{source}' names commits, not mails", hint="git format-patch writes them as mails")
        case _:
            most = DEFAULT_LIMITS.source_bytes + 1  # one more than read_source accepts
            data: bytes | Path = sys.stdin.buffer.read(most) if location.kind == "stdin" else Path(location.path)
            raw, mailbox = [message.data for message in read_raw(data)], read_source(data)
    if asks_newer():
        here = choose_series(find_series(mailbox, version=version_of_series), message_id=message_id)
        later = newer_thread(mailbox, here, network, quiet=False)
        if later is not None:
            parts = {message.message_id: data for message, data in zip(
                read_source(later.data).messages, split_messages(later.data), strict=True)}
            raw += [parts[message.message_id] for message in later.mailbox.messages]
            mailbox = join_mailboxes([mailbox, later.mailbox])
            message_id = newest_of(find_series(mailbox, version=version_of_series), here) or message_id
    ordered = _ordered(mailbox, raw, message_id=message_id, version=version_of_series)
    write_file(output, b"".join(write_mboxrd(iter(ordered))),
               hint="-o FILE needs a folder that exists and can be written")
    click.echo(f"reviewbot: {spell_count(len(ordered), 'message')} in {output}", err=True)


def _ordered(mailbox: Mailbox, raw: list[bytes], *, message_id: str, version: int | None) -> list[bytes]:
    """Return the raw messages of the chosen series: cover, patches, then what else its thread holds, as it came."""
    series = choose_series(find_series(mailbox, version=version), message_id=message_id)
    by_id: dict[str, bytes] = {}
    for message, data in zip(mailbox.messages, raw, strict=True):
        by_id.setdefault(message.message_id, data)
    first = [series.cover.message_id] if series.cover else []
    order = [*first, *(patch.message_id for patch in series.patches),
             *(role.message_id for role in series.roles if role.role == "reply")]
    found = [by_id[key] for key in dict.fromkeys(order) if key in by_id]
    if not found:
        raise InputError("none of the messages belongs to a series", where=str(series.message_id))
    return found

"""Which trailers of replies count: not those of `b4.trailers-ignore-from`, and others than the sender's when asked."""

from __future__ import annotations

from email.utils import getaddresses

import click

from reviewbot.cli.settings import settings
from reviewbot.mail import Mailbox
from reviewbot.series import Series, sift_trailers

__all__ = ["counted", "sloppy_option"]


_META = "reviewbot.sloppy"


def _keep(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's own signature
    context.meta[_META] = value


sloppy_option = click.option(
    "-S", "--sloppy-trailers", is_flag=True, expose_value=False, callback=_keep,
    help="Count a trailer of a reply also where it names somebody else than the sender.")


def counted(series: Series, mailbox: Mailbox) -> Series:
    """Return the series with the follow-up trailers that count. The settings are asked only where there is one."""
    given = [*(trailer for patch in series.patches for trailer in patch.trailers),
             *(series.cover.trailers if series.cover is not None else ())]
    if not any(trailer.via for trailer in given):
        return series
    ignored = frozenset(address.lower() for _, address in getaddresses([settings().get("b4.trailers-ignore-from", "")])
                        if address)
    senders = {message.message_id: message.author.email for message in mailbox.messages}
    return sift_trailers(series, senders=senders, ignored=ignored,
                         sloppy=bool(click.get_current_context().meta.get(_META)))

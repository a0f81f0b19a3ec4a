"""Which series of an input is meant."""

from __future__ import annotations

from reviewbot.errors import ChoiceError, MailError
from reviewbot.series.types import Series, SeriesSet

__all__ = ["choose_series"]


def choose_series(found: SeriesSet, *, message_id: str = "", where: str = "") -> Series:
    """Return the series that holds the mail `message_id` (any patch, cover or reply of it), or the only one.

    Where people answered a series with patches of their own, the series at the top of the thread is the only one.
    An id of an older version gives that version. Raises MailError when there is none (`where` names the input), and
    ChoiceError when there are several and none is named.
    """
    if message_id:
        return _named(found, message_id.strip().strip("<>"), where)
    known = [series for series in found.series if series.patches or series.kind == "pull-request"]
    if not known:
        what = "holds a cover letter and none of its patches" if found.series else "holds no patch"
        raise MailError(what, where=where, hint="give the mails of a series, or a patch")
    if len(known) == 1:
        return known[0]
    own = [series for series in known if not series.below]
    if len(own) == 1:
        return own[0]
    raise ChoiceError(f"the input holds {len(known)} series",
                      choices=tuple((series.message_id, series.subject) for series in known),
                      hint="name one with --series MESSAGE-ID, or take all with --all")


def _named(found: SeriesSet, message_id: str, where: str) -> Series:
    for series in (*found.series, *found.older):
        cover = (series.cover.message_id,) if series.cover else ()
        if message_id in {series.message_id, *cover, *(patch.message_id for patch in series.patches)}:
            return series
    for series in found.series:
        if any(role.message_id == message_id and role.role == "reply" for role in series.roles):
            return series
    raise MailError(f"no series holds the mail {message_id}", where=where,
                    hint="--series takes the Message-ID of a cover letter or patch of the input")

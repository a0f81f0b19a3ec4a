"""Which series of an input is meant."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.errors import ChoiceError, MailError
from reviewbot.series.types import Series, SeriesSet
from reviewbot.text import clip, quote_names, visible

__all__ = ["choose_series", "require_whole", "reviewable"]


def choose_series(found: SeriesSet, *, message_id: str = "", version: int | None = None, where: str = "") -> Series:
    """Return the series that holds the mail `message_id` (any patch, cover or reply of it), or the only one.

    Where people answered a series with patches of their own, the series at the top of the thread is taken, and the
    others are named in its `set_aside`. An id of an older version gives that version; with `version` it is the
    version of that series. Raises MailError when there is none (`where` names the input), and ChoiceError when there
    are several and none is named.
    """
    if message_id:
        return _named(found, message_id.strip().strip("<>"), version, where)
    known = reviewable(found, where=where)
    if len(known) == 1:
        return known[0]
    own = [series for series in known if not series.below]
    if len(own) == 1:
        rest = tuple((series.message_id, series.subject) for series in known if series is not own[0])
        return replace(own[0], set_aside=rest)
    raise ChoiceError(f"the input holds {len(known)} series",
                      choices=tuple((series.message_id, series.subject) for series in known),
                      hint="name one with --series MESSAGE-ID, or take all with --all")


def reviewable(found: SeriesSet, *, where: str = "") -> list[Series]:
    """Return the series that have a patch. Raises MailError, which says what the input holds instead, without one."""
    known = [series for series in found.series if series.patches]
    if known:
        return known
    hint = "give the mails of a series, or a patch"
    if any(series.kind == "pull-request" for series in found.series):
        what = "is a pull request and holds no patch"
        hint = "review its commits: git:BASE..TOPIC, with --tree naming the repository that has them"
    elif found.series:
        what = "holds a cover letter and none of its patches"
    else:
        reasons = dict.fromkeys(role.why for role in found.roles if role.telling)
        what = "holds no patch" + (f" ({clip(visible(next(iter(reasons))), 120)})" if reasons else "")
    raise MailError(what, where=where, hint=hint)


def require_whole(series: Series) -> None:
    """Return if every patch of the series is there and was read whole. Raises MailError, which says what lacks."""
    hint = "leave --require-complete away to review what there is"
    if series.missing:
        numbers = quote_names([str(number) for number in series.missing], most=12)
        one = len(series.missing) == 1
        raise MailError(f"{'patch' if one else 'patches'} {numbers} of {series.total} {'is' if one else 'are'} missing",
                        where=clip(visible(series.subject), 120), hint=hint)
    unread = [f"patch {patch.index}: {why}" for patch in series.patches for why in patch.unread] + list(series.unread)
    if unread:
        raise MailError(f"not all of it could be read ({clip(visible(unread[0]), 200)})",
                        where=clip(visible(series.subject), 120), hint=hint)


def _named(found: SeriesSet, message_id: str, version: int | None, where: str) -> Series:
    series = _holding(found, message_id)
    if series is None:
        raise MailError(f"no series holds the mail {message_id}", where=where,
                        hint="--series takes the Message-ID of a cover letter or patch of the input")
    if version is not None and series.version != version:
        family = {key for _, key in series.versions}
        other = [one for one in (*found.series, *found.older) if one.version == version and one.message_id in family]
        if not other:
            have = quote_names([str(number) for number, _ in series.versions])
            raise MailError(f"the series of {message_id} has no version {version} in the input", where=where,
                            hint=f"it holds version {have}; leave --series or --version-of-series out")
        series = other[-1]
    if not series.patches:
        what = "a pull request" if series.kind == "pull-request" else "a cover letter without its patches"
        raise MailError(f"{message_id} is {what}", where=where, hint="give the mails of a series, or a patch")
    return series


def _holding(found: SeriesSet, message_id: str) -> Series | None:
    for series in (*found.series, *found.older):
        cover = (series.cover.message_id,) if series.cover else ()
        if message_id in {series.message_id, *cover, *(patch.message_id for patch in series.patches)}:
            return series
    for series in found.series:
        if any(role.message_id == message_id and role.role == "reply" for role in series.roles):
            return series
    return None

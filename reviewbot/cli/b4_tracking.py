"""The series that b4 has on its review branch, for a mail that b4 hands to a check command on standard input.

b4 gives the cover letter or one patch, and names in B4_TRACKING_FILE what it knows of the series. The patches are
commits of the branch `b4/review/CHANGE-ID`, below the commit in which b4 keeps its notes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reviewbot.errors import ReviewbotError
from reviewbot.mail import Mailbox, Message
from reviewbot.patterns import regex
from reviewbot.series import Series, parse_subject
from reviewbot.series.types import Cover, Role
from reviewbot.source import series_from_git
from reviewbot.values import dataclass

__all__ = ["Tracked", "tracked_series", "tree_of_b4"]

_MOST = 64 << 20  # bytes
_NAME = regex(r"[\w][\w.+-]{0,200}")
_COMMIT = regex(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """The series on the branch, and the number of the patch that was handed over (0: the cover letter)."""

    series: Series
    patch: int


def tree_of_b4(environ: Mapping[str, str]) -> Path | None:
    """Return the current folder where b4 runs us in it: at the top of the repository that it has the series in."""
    here = Path.cwd()
    return here if environ.get("B4_TRACKING_FILE") and (here / ".git").exists() else None


def tracked_series(mailbox: Mailbox, environ: Mapping[str, str], tree: Path | None) -> Tracked | None:
    """Return the series on b4's branch that the only mail of the mailbox belongs to, None where b4 names none.

    What cannot be read or found is none: then the mail is reviewed as it came.
    """
    named = environ.get("B4_TRACKING_FILE", "")
    if not named or tree is None or len(mailbox.messages) != 1:
        return None
    known = _read(Path(named))
    first, change = (str(known.get(name, "")) for name in ("first-patch-commit", "change-id"))
    if not _COMMIT.fullmatch(first) or not _NAME.fullmatch(change):
        return None
    for tip in (f"refs/heads/b4/review/{change}", "HEAD"):
        try:
            series = series_from_git(tree, f"{first}^..{tip}^")
        except ReviewbotError:
            continue
        message = mailbox.messages[0]
        return Tracked(series=_as_mailed(series, message, known), patch=parse_subject(message.subject).index
                       if series.total > 1 else 1)
    return None


def _read(path: Path) -> dict[str, Any]:
    """Return what the file says of the series and, as `ids`, of its patches; empty when it is no such file."""
    try:
        if path.stat().st_size > _MOST:
            return {}
        record = json.loads(path.read_text(encoding="utf-8", errors="replace"))
        series, patches = record["series"], record.get("patches", [])
        ids = [str(patch.get("header-info", {}).get("msgid", "")) for patch in patches]
        return {**series, "ids": ids}
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return {}


def _as_mailed(series: Series, message: Message, known: Mapping[str, Any]) -> Series:
    """Return the series with the Message-IDs that b4 knows of its patches, and the mail that was handed over."""
    subject = parse_subject(message.subject)
    ids = known["ids"]
    patches = tuple(replace(patch, message_id=ids[patch.index - 1].strip("<>")) if patch.index <= len(ids)
                    and ids[patch.index - 1] else patch for patch in series.patches)
    is_cover = subject.index == 0
    patches = patches if is_cover else tuple(
        replace(patch, message_id=message.message_id) if patch.index == subject.index else patch for patch in patches)
    revision = known.get("revision")
    series = replace(
        series, patches=patches, message_id=patches[0].message_id, author=message.author,
        version=revision if isinstance(revision, int) and revision > 0 else series.version,
        roles=tuple(Role(message_id=patch.message_id, role="patch", why="it is a commit of b4's review branch")
                    for patch in patches))
    # Nothing else of a patch's mail goes into the series: b4 asks about each patch in turn, and the series that it
    # asks about is then the same, so that the review of the first answers for all.
    if not is_cover:
        return series
    cover = Cover(message_id=message.message_id, subject=subject.title, author=message.author, date=message.date,
                  body=message.body)
    role = Role(message_id=message.message_id, role="cover",
                why="b4 handed it over; the patches are commits of its review branch")
    return replace(series, cover=cover, message_id=message.message_id, subject=subject.title, date=message.date,
                   roles=(role,))

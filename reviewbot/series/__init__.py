"""Messages to `Series`: which mails are the patches of one series, in which version, and what each of them says."""

from __future__ import annotations

from reviewbot.series.choose import choose_series, require_whole, reviewable
from reviewbot.series.diff import parse_diff
from reviewbot.series.find import find_series
from reviewbot.series.patch import parse_patch
from reviewbot.series.subject import parse_subject
from reviewbot.series.thread import LIST_PREFERENCE
from reviewbot.series.trailers import sift_trailers
from reviewbot.series.types import Cover, DiffLine, FileDiff, Hunk, Patch, Role, Series, SeriesSet, Trailer

__all__ = [
    "LIST_PREFERENCE",
    "Cover",
    "DiffLine",
    "FileDiff",
    "Hunk",
    "Patch",
    "Role",
    "Series",
    "SeriesSet",
    "Trailer",
    "choose_series",
    "find_series",
    "parse_diff",
    "parse_patch",
    "parse_subject",
    "require_whole",
    "reviewable",
    "sift_trailers",
]

"""What a review starts from: a `Series` of `Patch`, `FileDiff`, `Hunk` and `DiffLine`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from reviewbot.mail.types import Address
from reviewbot.values import dataclass

__all__ = ["Cover", "DiffLine", "FileDiff", "Hunk", "Patch", "Role", "Series", "SeriesSet", "Trailer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """One line of a hunk. `kind` is ' ', '+' or '-'; line numbers are 1-based, None on the side that lacks it."""

    kind: Literal[" ", "+", "-"]
    text: str
    old_line: int | None
    new_line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One hunk: its ranges as the header states them, the text behind the second @@, and its lines."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """The change of one file. `old_path` is empty for a new file, `new_path` for a deleted one.

    Paths are relative, without `a/` and `b/`, and never leave the tree (no `..`, not absolute, no NUL).
    `old_blob` and `new_blob` are the abbreviated blob ids of the `index` line, or empty.
    `raw` is the file's part of the mail's diff, byte for byte as text, fit for `git apply`. `mailed_path` is the path
    in the mail where the tree has the file under another one, which the paths then are. `lent_by` is the path in the
    mail of hunks whose functions the tree has in this file.
    """

    old_path: str
    new_path: str
    old_blob: str
    new_blob: str
    binary: bool
    hunks: tuple[Hunk, ...]
    raw: str
    mailed_path: str = ""
    lent_by: str = ""

    @property
    def path(self) -> str:
        """Return the path after the patch, or before it for a deleted file."""
        return self.new_path or self.old_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailer:
    """A trailer, `Name: value`; `via` is the Message-ID of the reply that gave it, empty when it stood in the patch.

    `matches` says whether the address in a follow-up trailer is that of the mail's sender.
    """

    name: str
    value: str
    via: str = ""
    matches: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One patch of a series; `index` is its number in the subject (1-based, 1 for a single patch).

    `subject` is without the bracketed prefix; `changelog` is the commit message without subject and trailers;
    `notes` is what stands between `---` and the diff. An in-body `From:` wins over the mail's author. `unread` names
    what of the mail's diff could not be read; `mended` says what a mailer did to the diff that was undone.
    """

    index: int
    message_id: str
    subject: str
    author: Address
    date: datetime | None
    changelog: str
    notes: str
    trailers: tuple[Trailer, ...]
    files: tuple[FileDiff, ...]
    warnings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    mended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The cover letter: `message_id`, its `subject` without prefix and its text."""

    message_id: str
    subject: str
    author: Address
    date: datetime | None
    body: str
    trailers: tuple[Trailer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What one message of the input is to the series; `why` says so in one line for every role.

    `telling` is whether `why` explains why an input of such mails holds nothing to review.
    """

    message_id: str
    role: Literal["patch", "cover", "reply", "ignored"]
    why: str
    telling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A patch series, newest version, in order.

    `total` is the number that the subjects promise (at least the number of patches); `missing` are the indices that
    are absent. `message_id` is the cover's, else the first patch's. `prefixes` are the other words of the subject's
    brackets (`RFC`, `RESEND`, a tree's name). `superseded_by` is the Message-ID of a newer version in the same input.
    `base_commit` and friends are as written in the mail, unchecked. `versions` lists (version, message_id) of all
    linked versions in the input, oldest first. `kind` is `patches`, `pull-request` or `foreign` (for another project:
    no file of it can be in a kernel tree). `roles` has one entry for each message of the input's thread. `below` is the
    Message-ID of the mail of another series that this one was sent in answer to, empty when it stands on its own.
    `set_aside` are (Message-ID, subject) of other series of the same thread that the choice of this one left out.
    `unread` names what belongs to the series and is in none of its patches (a merge that could not be looked at).
    """

    subject: str
    version: int
    total: int
    message_id: str
    author: Address
    date: datetime | None
    list_name: str
    prefixes: tuple[str, ...]
    cover: Cover | None
    patches: tuple[Patch, ...]
    missing: tuple[int, ...]
    superseded_by: str | None
    base_commit: str
    prerequisite_patch_ids: tuple[str, ...]
    prerequisite_message_ids: tuple[str, ...]
    change_id: str
    versions: tuple[tuple[int, str], ...]
    kind: Literal["patches", "pull-request", "foreign"]
    roles: tuple[Role, ...]
    warnings: tuple[str, ...]
    prerequisite_base_commit: str = ""
    prerequisite_change_ids: tuple[str, ...] = ()
    below: str = ""
    set_aside: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def written_by(self) -> Address:
        """Return whose work the series is: the one author of all patches, where no cover letter says who speaks, or
        gives no name; else the sender, which `author` is."""
        authors = {patch.author.email.lower() for patch in self.patches}
        alone = len(authors) == 1 and (self.cover is None or not self.author.name)
        return self.patches[0].author if alone else self.author


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSet:
    """Every series of one input, each in its newest version, ordered as they first appear in the input.

    `older` holds the superseded versions; `roles` accounts for every message of the input exactly once.
    """

    series: tuple[Series, ...]
    older: tuple[Series, ...]
    roles: tuple[Role, ...]
    warnings: tuple[str, ...]

"""The messages of one input as threads: one copy of each, its parent, and what kind of mail it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Literal

from reviewbot.mail.types import Message
from reviewbot.patterns import regex
from reviewbot.series.diff import has_diff
from reviewbot.series.notice import is_notice
from reviewbot.series.subject import SubjectLine, parse_subject
from reviewbot.values import dataclass

__all__ = ["LIST_PREFERENCE", "Entry", "Threads", "build_threads"]

LIST_PREFERENCE = ("*.feeds.kernel.org", "*.linux.dev", "*.kernel.org", "*")
"""Which list's copy of a mail is kept when it came more than once: the first pattern wins (b4.listid-preference)."""

DEPTH = 400
"""Answers to answers that are followed upwards; no discussion is that deep, and a made-up chain costs its square."""

Kind = Literal["patch", "cover", "pull", "reply", "notice", "other"]

_PULL = regex(r"^(?:The following changes since commit [0-9a-f]{7,}|are available in the [Gg]it repository)",
              re.MULTILINE)
_QUOTED = regex(r"^>", re.MULTILINE)
_SIGNED = regex(r"^Signed-off-by: .*@", re.MULTILINE | re.IGNORECASE)
_RULE = regex(r"^---[ \t]*$", re.MULTILINE)
_DIFFSTAT = regex(r"^ \d+ files? changed", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message with its parsed subject, its kind, and its place in the input."""

    message: Message
    subject: SubjectLine
    kind: Kind
    diff: bool
    position: int

    @property
    def id(self) -> str:
        """Return the Message-ID."""
        return self.message.message_id

    @property
    def diffstat(self) -> bool:
        """Return whether the text sums up changes, as a cover letter does."""
        return bool(_DIFFSTAT.search(self.message.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """One entry for each Message-ID in order of the input, the parent of each, and the copies that were not kept."""

    entries: dict[str, Entry]
    parents: dict[str, str]
    copies: tuple[Message, ...]
    warnings: tuple[str, ...]

    def ancestors(self, entry_id: str) -> Iterator[Entry]:
        """Yield the parent, its parent and so on, as far as they are in the input; a circle ends the walk."""
        seen = {entry_id}
        current = self.parents.get(entry_id, "")
        while current and current not in seen and len(seen) <= DEPTH:
            seen.add(current)
            yield self.entries[current]
            current = self.parents.get(current, "")


def build_threads(messages: Sequence[Message], preference: Sequence[str] = LIST_PREFERENCE) -> Threads:
    """Return the messages as threads. `preference` are patterns of List-Ids, the best first."""
    kept: dict[str, tuple[int, Message]] = {}
    copies: list[Message] = []
    warnings: list[str] = []
    for position, message in enumerate(messages):
        before = kept.get(message.message_id)
        if before is None:
            kept[message.message_id] = (position, message)
            continue
        if before[1].subject != message.subject:
            warnings.append(f"two different mails have the Message-ID {message.message_id}; only one is looked at")
        better = _rank(message, preference) < _rank(before[1], preference)
        copies.append(before[1] if better else message)
        if better:
            kept[message.message_id] = (before[0], message)
    entries = {key: _entry(message, position) for key, (position, message) in kept.items()}
    if not any(entry.kind == "patch" for entry in entries.values()):
        entries = {key: _as_patch(entry) for key, entry in entries.items()}
    parents = {key: _parent(entry.message, entries) for key, entry in entries.items()}
    return Threads(entries=entries, parents=parents, copies=tuple(copies), warnings=tuple(dict.fromkeys(warnings)))


def _rank(message: Message, preference: Sequence[str]) -> int:
    for at, pattern in enumerate(preference):
        if fnmatchcase(message.list_id.lower(), pattern.lower()):
            return at
    return len(preference)


def _parent(message: Message, entries: dict[str, Entry]) -> str:
    """Return the nearest known ancestor: In-Reply-To, else the last of the References that is in the input."""
    for candidate in (message.in_reply_to, *reversed(message.references)):
        if candidate in entries and candidate != message.message_id:
            return candidate
    return ""


def _entry(message: Message, position: int) -> Entry:
    subject = parse_subject(message.subject)
    diff = has_diff(message.body)
    return Entry(message=message, subject=subject, kind=_kind(message, subject, diff=diff), diff=diff,
                 position=position)


def _as_patch(entry: Entry) -> Entry:
    """Return the entry, as a patch when it is a notice, a pull request or an answer that shows its diff unquoted.

    Where no other mail of the input is a patch, that diff is what the input is about.
    """
    if entry.kind not in {"notice", "pull", "reply"} or not entry.diff:
        return entry
    if entry.kind == "reply" and entry.subject.reply:
        # The number is that of the mail which is answered.
        return replace(entry, kind="patch", subject=replace(entry.subject, index=1, declared=1, counted=False))
    return replace(entry, kind="patch")


def _kind(message: Message, subject: SubjectLine, *, diff: bool) -> Kind:
    body = message.body
    answers = bool(message.in_reply_to or message.references)
    if is_notice(subject.full):
        return "notice"
    if subject.reply:
        return "reply"
    numbered = diff and subject.counted and subject.index > 0  # maintainers send what is to be pulled as patches too
    if (subject.pull and not numbered) or (not diff and not subject.counted and _PULL.search(body)):
        return "pull"
    if subject.counted and subject.index == 0:
        return "cover"
    if (subject.patch or subject.pull) and (diff or (subject.counted and not (answers and _QUOTED.search(body)))):
        return "patch"
    if diff and not subject.patch:
        # Without a bracket only a mail that starts a thread, or is shaped like a commit, is a submission; the rest are
        # people who answer with a proposal.
        shaped = _SIGNED.search(body) and _RULE.search(body) and not _QUOTED.search(body)
        return "patch" if not answers or shaped else "reply"
    return "reply" if answers and not subject.patch else "other"

"""Patches that no mail stands around: what `git log -p` and `git show` print, quilt's and Mercurial's files.

Each becomes the mail that `git format-patch` would have made of it, so that everything behind reads one form only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import formatdate, mktime_tz, parsedate_tz

from reviewbot.errors import MailError
from reviewbot.mail.dressing import newest_first
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["mails_of_text"]

_DIFF = regex(rb"^(?:diff --git |diff -\S|Index: \S|--- \S[^\n]*\n\+\+\+ \S)", re.MULTILINE)
_COMMIT = regex(rb"^commit ([0-9a-f]{7,64})(?: \([^\n]*\))?[ \t]*\n(?=(?:Author|Merge|tree|parent|Author|Notes|"
                rb"Refs|gpg)\b)", re.MULTILINE)
_ONELINE = regex(rb"^([0-9a-f]{7,64}) (?:\([^\n]*\) )?(\S[^\n]*)\n(?=diff --git )", re.MULTILINE)
_STATISTICS = regex(rb"^ [^\n|]+\|[^\n]*\n|^ \d+ files? changed[^\n]*\n", re.MULTILINE)
_FIELD = regex(rb"^([A-Z][A-Za-z]+):[ \t]*([^\n]*)$", re.MULTILINE)
_HEADER = regex(rb"^(?:From|Subject|Date|Message-I[Dd]|To|Received|Return-Path|MIME-Version|Content-Type|X-\S+):",
                re.MULTILINE | re.IGNORECASE)
_MERCURIAL = regex(rb"\A\s*# HG changeset patch\n((?:#[^\n]*\n)*)")
_HG_USER = regex(rb"^# User ([^\n]+)$", re.MULTILINE)
_HG_DATE = regex(rb"^# Date (\d{1,12}) (-?\d{1,6})$", re.MULTILINE)
_ISO = regex(rb"(\d{4})-(\d\d)-(\d\d)[ T](\d\d:\d\d:\d\d) ?([+-]\d{4}|Z)?")
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_TOP = 64 << 10  # bytes in which a description has to end
_MOST_COMMITS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Commit:
    oid: bytes
    author: bytes
    date: bytes
    title: bytes
    message: bytes
    diff: bytes

    @property
    def time(self) -> int:
        """Return the seconds since 1970, 0 when the date cannot be read."""
        parsed = parsedate_tz(self.date.decode("ascii", "replace"))
        try:
            return mktime_tz(parsed) if parsed else 0
        except (OverflowError, ValueError):
            return 0


def mails_of_text(data: bytes) -> list[bytes]:
    """Return a mail for each patch of a text that is no mail, oldest first; empty when it is one, or holds no diff.

    Raises MailError for a log of commits of which none shows a diff.
    """
    text = data.replace(b"\r\n", b"\n")
    first = _DIFF.search(text)
    start = text.lstrip()
    if _COMMIT.match(start):
        return _of_log(start)
    if _ONELINE.match(start):
        return _of_titles(start)
    if first is None or first.start() > _TOP:
        return []
    above = text[:first.start()]
    if _is_mail(above):
        return []
    above = _STATISTICS.sub(b"", above)
    if not above.strip():
        return [text[first.start():]] if first.start() else []
    return [_described(above, text[first.start():])]


def _is_mail(above: bytes) -> bool:
    """Return whether the text above the diff has the headers of a mail in its first paragraph, or an mbox's line."""
    if above.startswith(b"From "):
        return True
    return _HEADER.search(above.lstrip(b"\n").partition(b"\n\n")[0]) is not None


def _described(above: bytes, diff: bytes) -> bytes:
    """Return the mail of a diff below a description, whose first line is the title."""
    mercurial = _MERCURIAL.match(above)
    author = date = b""
    if mercurial:
        user, day = _HG_USER.search(mercurial[1]), _HG_DATE.search(mercurial[1])
        author = user[1] if user else b""
        date = b"" if day is None else formatdate(int(day[1])).encode()
        above = above[mercurial.end():]
    title, _, message = above.lstrip(b"\n").partition(b"\n")
    return _mail(author=author, date=date, subject=title, message=message, diff=diff, message_id=b"")


def _of_log(text: bytes) -> list[bytes]:
    commits = list(_commits(text))
    if not commits:
        raise MailError("holds no commit that shows a plain diff", hint="'git log -p' prints them, but not those "
                        "of merges; git:BASE..TOPIC with --tree reads the repository itself")
    # git log prints the newest first unless it is told otherwise.
    diffs = [one.diff for one in commits]
    if newest_first(diffs) or (commits[0].time >= commits[-1].time and not newest_first(diffs[::-1])):
        commits.reverse()
    total = len(commits)
    mails = []
    for number, one in enumerate(commits, 1):
        prefix = b"[PATCH] " if total == 1 else b"[PATCH %d/%d] " % (number, total)
        mails.append(_mail(author=one.author, date=one.date, subject=prefix + one.title, message=one.message,
                           diff=one.diff, message_id=one.oid + b"@git",
                           answers=commits[0].oid + b"@git" if number > 1 else b""))
    return mails


def _of_titles(text: bytes) -> list[bytes]:
    """Return the mails of what `git log -p --oneline` prints: a line above each diff."""
    starts = list(_ONELINE.finditer(text))[:_MOST_COMMITS]
    ends = [found.start() for found in starts[1:]] + [len(text)]
    diffs = [text[found.end():end] for found, end in zip(starts, ends, strict=True)]
    commits = list(zip(starts, diffs, strict=True))
    commits = commits[::-1] if len(commits) > 1 and not newest_first(diffs[::-1]) else commits
    total = len(commits)
    return [_mail(author=b"", date=b"", subject=(b"[PATCH %d/%d] " % (number, total) if total > 1 else b"[PATCH] ")
                  + found[2], message=b"", diff=diff, message_id=found[1] + b"@git",
                  answers=commits[0][0][1] + b"@git" if number > 1 else b"")
            for number, (found, diff) in enumerate(commits, 1)]


def _commits(text: bytes) -> Iterator[_Commit]:
    starts = list(_COMMIT.finditer(text))[:_MOST_COMMITS]
    for at, found in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(text)
        part = text[found.end():end]
        fields, _, rest = part.partition(b"\n\n")
        known = {name.lower(): value.strip() for name, value in _FIELD.findall(fields)}
        diff = _DIFF.search(rest)
        if diff is None or b"merge" in known:
            continue  # a merge is shown against several parents, which no patch is
        message = re.sub(rb"(?m)^ {4}", b"", rest[:diff.start()]).strip(b"\n")
        message = re.sub(rb"(?ms)^---\n.*\Z", b"", message)
        title, _, below = message.partition(b"\n")
        yield _Commit(oid=found[1], author=known.get(b"author", b""), title=title.strip(),
                      date=_mail_date(known.get(b"authordate") or known.get(b"date", b"")),
                      message=below, diff=rest[diff.start():])


def _mail_date(text: bytes) -> bytes:
    """Return the date as a mail has it; git's form by ISO 8601 has to be turned round."""
    found = _ISO.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= 12:
        return text.strip()
    zone = b"+0000" if found[5] in {None, b"Z"} else found[5]
    return b" ".join((found[3], _MONTHS[int(found[2]) - 1], found[1], found[4], zone))


def _mail(*, author: bytes, date: bytes, subject: bytes, message: bytes, diff: bytes, message_id: bytes,
          answers: bytes = b"") -> bytes:
    headers = [(b"From", author), (b"Date", date), (b"Subject", b" ".join(subject.split())),
               (b"Message-ID", b"<%b>" % message_id if message_id else b""),
               (b"In-Reply-To", b"<%b>" % answers if answers else b""), *_CONTENT]
    head = b"".join(b"%b: %b\n" % (name, b" ".join(value.split())) for name, value in headers if value)
    below = message.strip(b"\n")
    return head + b"\n" + below + (b"\n---\n" if b"\n---\n" not in below + b"\n" else b"\n") + diff


_CONTENT = ((b"Content-Type", b"text/plain; charset=utf-8"), (b"Content-Transfer-Encoding", b"8bit"))

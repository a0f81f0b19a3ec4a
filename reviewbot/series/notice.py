"""The commit inside a notice about it: what tip-bot, the stable and -mm trees and commit lists send.

Accepted forms, each somewhere above the diff:
    Commit-ID: 0123...          of tip-bot and of lists of commits: lines `Name: value`, with an `Author:` among them,
    Author: A <a@b>             a blank line, the title, a blank line, the message
    From: A <a@b>               of the -mm and stable trees: mail headers below some words to the developers
    Subject: title
"""

from __future__ import annotations

import re

from reviewbot.patterns import regex
from reviewbot.text import squash

__all__ = ["commit_in_notice", "is_notice"]

# What robots and maintainers send about a patch that is already theirs; most of it carries the diff again.
_NOTICE = regex(
    r"^(?:\[tip: |\+ \S+ added to |patch \".*\" (?:has been )?added to |failed: patch \"|applied \"|\[linux-next|"
    r"\[linus:|"
    r"\[(?:merged|failures|to-be-updated|obsolete|nacked|dropped|withdrawn|folded-merged|alternative-merged)[^\]]*\] "
    r"\S+ (?:removed from|added to)|\[(?:[\w/-]+:)?[\w./-]+\] BUILD )", re.IGNORECASE)
_BLOCK = regex(r"(?:^|\n\n)(?P<fields>(?:[A-Z][\w-]{2,20}:[ \t].*\n(?:[ \t].*\n)*)+)\n")
_COMMIT = regex(r"^(?:Commit-ID|Commit|Gitweb):", re.MULTILINE)
_AUTHOR = regex(r"^Author:[ \t]*(.*)$", re.MULTILINE)
_TITLE = regex(r"[ \t]*(\S.*)\n[ \t]*(?:\n|$)")
_MAIL = regex(r"^(?:-{10,}.*\n\n*|From [0-9a-f]{40} .*\n|.*\n\n)(?P<fields>From:[ \t].*@.*\n"
              r"(?:(?:Subject|Date|To|Cc|Message-ID):[ \t].*\n(?:[ \t]+\S.*\n)*)+)\n",
              re.MULTILINE | re.IGNORECASE)
_FIELD = regex(r"^(From|Subject):[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE | re.IGNORECASE)
_START = regex(r"\A\s*(?:The following commit has been merged into|This is a note to let you know|"
               r"The patch titled|The patch below does not apply|The quilt patch titled|"
               r"(?:Commit-ID|Commit|Gitweb):[ \t])")
_LONGEST = 20_000


def is_notice(subject: str) -> bool:
    """Return whether a mail of this subject tells of a patch that somebody has taken, or of a robot's work on it."""
    return bool(_NOTICE.match(subject))


def commit_in_notice(head: str) -> tuple[dict[str, str], str] | None:
    """Return the From and Subject of the commit and its message, when the text above a diff is such a notice."""
    if not _START.match(head):
        return None
    top = head[:_LONGEST]
    block = next((found for found in _BLOCK.finditer(top) if _COMMIT.search(found["fields"])), None)
    if block:
        author, title = _AUTHOR.search(block["fields"]), _TITLE.match(top, block.end())
        if author and title:
            return {"from": author[1].strip(), "subject": squash(title[1])}, head[title.end():]
    mail = _MAIL.search(top)
    if mail:
        found = {name.lower(): squash(value) for name, value in _FIELD.findall(mail["fields"])}
        if "from" in found and "subject" in found:
            return found, head[mail.end():]
    return None

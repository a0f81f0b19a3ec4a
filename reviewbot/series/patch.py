"""One mail to one `Patch`: in-body headers, commit message, notes, trailers and diff."""

from __future__ import annotations

import re

from reviewbot.mail.headers import decode_words, parse_addresses
from reviewbot.mail.types import Address, Message
from reviewbot.mail.unread_forms import unread_form
from reviewbot.patterns import regex
from reviewbot.series.damage import without_dash_escapes
from reviewbot.series.diff import parse_diff
from reviewbot.series.notice import commit_in_notice
from reviewbot.series.subject import parse_subject
from reviewbot.series.trailers import split_trailers
from reviewbot.series.types import Patch
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["BaseNotes", "parse_patch", "read_base_notes"]

_IN_BODY = regex(r"^(From|Subject|Date|Author):[ \t]*(.*)$", re.IGNORECASE)
_FROM_LINE = regex(r"^>?From [0-9a-f]{40} .*$")
_SCISSORS = regex(r"^(?:-{1,80} ?(?:>8|8<|%<|>%)|(?:>8|8<) ?-{2,80})[^\n]{0,100}$", re.MULTILINE)
# Some people write their part of the discussion first, then `---` and the commit with headers of its own.
_SECOND_START = regex(r"^---[ \t]*\n(?=(?:Subject|From|Date): \S)", re.MULTILINE)
_SEPARATOR = regex(r"^---[ \t]*$", re.MULTILINE)
_COMMIT = regex(r"^base-commit:[ \t]*.*?([0-9a-f]{7,64})\b", re.MULTILINE | re.IGNORECASE)
_PATCH_ID = regex(r"^prerequisite-patch-id:[ \t]*([0-9a-f]{7,64})\b", re.MULTILINE | re.IGNORECASE)
_NEEDED_MAIL = regex(r"^(?:prerequisite-message-id|based-on|depends-on):[ \t]*<?(?:https?://\S*/)?"
                     r"([^\s<>/]+@[^\s<>/]+)", re.MULTILINE | re.IGNORECASE)
_CHANGE = regex(r"^change-id:[ \t]+(\S{1,200})", re.MULTILINE | re.IGNORECASE)
_NEEDED_CHANGE = regex(r"^prerequisite-change-id:[ \t]+(\S{1,200})", re.MULTILINE | re.IGNORECASE)
# b4 writes the first name and looks for the second one.
_NEEDED_BASE = regex(r"^prerequisite-base-(?:commit|id):[ \t]*([0-9a-f]{7,64})\b", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseNotes:
    """What a cover letter or patch says about what it applies to, as written; empty where it says nothing."""

    base_commit: str
    patch_ids: tuple[str, ...]
    message_ids: tuple[str, ...]
    change_id: str
    needed_changes: tuple[str, ...]
    needed_base: str


def read_base_notes(text: str) -> BaseNotes:
    """Return the base information that `git format-patch --base` and b4 write into a mail's text."""
    if "-" not in text:
        text = ""
    commit, change, base = _COMMIT.search(text), _CHANGE.search(text), _NEEDED_BASE.search(text)
    return BaseNotes(
        base_commit=commit.group(1) if commit else "",
        patch_ids=tuple(dict.fromkeys(_PATCH_ID.findall(text))),
        message_ids=tuple(dict.fromkeys(_NEEDED_MAIL.findall(text))),
        change_id=change.group(1) if change else "",
        needed_changes=tuple(dict.fromkeys(_NEEDED_CHANGE.findall(text))),
        needed_base=base.group(1) if base else "",
    )


def parse_patch(message: Message) -> Patch:
    """Return the patch that the mail carries, as `git format-patch` shapes it. Never raises.

    A mail without a diff gives a patch without files, and a notice.
    """
    subject = parse_subject(message.subject)
    text, above = _from_scissors(without_dash_escapes(message.body))
    diff = parse_diff(text)
    head = text[: diff.start]
    noticed = commit_in_notice(head)
    in_body, head = noticed if noticed else _in_body_headers(head)
    message_text, notes = _split_notes(head)
    changelog, trailers = split_trailers(message_text)
    title, index = subject.title, subject.index
    if in_body.get("subject"):
        title = parse_subject(in_body["subject"]).title
    author = message.author
    written = parse_addresses([in_body.get("from") or in_body.get("author") or ""])
    if written:
        author = Address(name=decode_words(written[0].name), email=written[0].email)
    warnings = [*message.warnings, *diff.warnings]
    unread = [*diff.warnings]
    if not diff.files and not unread:
        form = unread_form(text)
        unread.append(f"{form} is not read" if form else "there is no diff in the mail")
        warnings.append(unread[-1])
    if not title and diff.files:
        count = len({file.path for file in diff.files})
        title = f"change {f'{count} files, first ' if count > 1 else ''}{diff.files[0].path}"
    return Patch(index=index, message_id=message.message_id, subject=title, author=author, date=message.date,
                 changelog=changelog, notes="\n".join(part for part in (above, notes) if part), trailers=trailers,
                 files=diff.files, warnings=tuple(dict.fromkeys(warnings)), unread=tuple(unread), mended=diff.mended)


def _from_scissors(body: str) -> tuple[str, str]:
    """Return the text below a scissors line (`-- >8 --`) that stands above the diff, and the text above it."""
    diff = re.search(r"^diff --git ", body, re.MULTILINE)
    end = diff.start() if diff else len(body)
    found = _SCISSORS.search(body, 0, end) or _SECOND_START.search(body, 0, end)
    if not found:
        return body, ""
    return body[found.end():].lstrip("\n"), body[: found.start()].strip("\n")


def _in_body_headers(head: str) -> tuple[dict[str, str], str]:
    """Return the From, Subject and Date lines at the very start of the text (git am reads them too), and the rest."""
    lines = head.lstrip("\n").split("\n")
    found: dict[str, str] = {}
    at = 0
    last = ""
    if lines and _FROM_LINE.match(lines[0]):
        at = 1
    while at < len(lines):
        line = lines[at]
        header = _IN_BODY.match(line)
        if header and header.group(1).lower() not in found:
            last = header.group(1).lower()
            found[last] = squash(header.group(2))
        elif last and line[:1] in {" ", "\t"} and line.strip():
            found[last] = f"{found[last]} {line.strip()}"
        else:
            break
        at += 1
    # A commit message may open with a word and a colon; only headers end in a blank line and name an address.
    plausible = at < len(lines) and not lines[at].strip() and ("from" not in found or "@" in found["from"])
    return (found, "\n".join(lines[at:])) if found and plausible else ({}, head)


def _split_notes(head: str) -> tuple[str, str]:
    """Return the commit message, and what stands between its `---` line and the diff."""
    found = _SEPARATOR.search(head)
    if not found:
        return head.strip("\n"), ""
    return head[: found.start()].strip("\n"), head[found.end():].strip("\n")

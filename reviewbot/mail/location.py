"""What a person may write to name a source: a file, an archive's URL, a Message-ID, a range of commits."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from reviewbot.errors import MailError, UsageError
from reviewbot.patterns import regex
from reviewbot.text import clip
from reviewbot.values import dataclass

__all__ = ["DEFAULT_MASK", "Location", "parse_location"]

DEFAULT_MASK = "https://lore.kernel.org/all/%s"
"""Where a bare Message-ID is looked up unless `b4.midmask` says otherwise."""

_ID = regex(r"[^\s<>@/]?[^\s<>@]*@[^\s<>@]+")
_PREFIX = regex(r"^(?:\w*id|message-id|rfc822msgid|news)\s*:\s*(?=[^\s/])", re.IGNORECASE)
_NEWS = regex(r"(?:news|nntps?|snews)://[^/\s]+(?:/[^/\s]+)?/<?([^/<>\s]+@[^/<>\s]+?)>?/?", re.IGNORECASE)
_NO_SCHEME = regex(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/(?:[^\s/]+/)*[^\s/]+@[^\s/]+(?:/\S*)?", re.IGNORECASE)
_PATCHWORK = regex(r"/(?:api/[\d.]+/)?(?P<kind>series|patch|patches|covers)/(?P<number>\d{1,12})(?:/mbox)?/?")
_PATCHWORK_LIST = regex(r"/project/[\w-]+/list/?")
_LINK_HOSTS = {"msgid.link", "patch.msgid.link", "lkml.kernel.org"}
_ENDS = {"raw", "t.mbox.gz", "t.mbox", "t.atom", "T", "t", "s", "R"}
_LONGEST = 2000
_RANGE = regex(r"([\w~^@/{}.-]{0,99}[\w~^@{}-])\.\.\.?([\w~^@{}-][\w~^@/{}.-]{0,99})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A source by its kind.

    `path` holds for a file or folder; `message_id` (without brackets) for a mail in an archive, with `base` as the
    URL of the inbox that was named (`https://host/list`, empty when only the Message-ID was); `git_base` and
    `git_topic` for commits; `base` for an mbox that a patchwork server makes. `text` is what the person wrote.
    """

    kind: Literal["path", "stdin", "message", "git", "mbox"]
    text: str
    path: str = ""
    message_id: str = ""
    base: str = ""
    git_base: str = ""
    git_topic: str = ""

    def url(self, mask: str = DEFAULT_MASK) -> str:
        """Return the address of the mail's page in the archive, without a slash at its end."""
        if self.kind == "mbox":
            return self.base
        name = quote(self.message_id, safe="@+=:,!*()'$~;")
        if self.base:
            return f"{self.base}/{name}"
        return (mask.replace("%s", name) if "%s" in mask else f"{mask.rstrip('/')}/{name}").rstrip("/")


def parse_location(text: str) -> Location:
    """Return what the words name. Looks at the words only, not at the disk: a word with an `@` and no `/` is taken
    for a Message-ID, so a caller checks for an existing file first.

    Accepted: `-`; `git:BASE..TOPIC`; `<id>`, `id`, `id:...`, `news:...`; URLs of a public-inbox with `/raw`,
    `/t.mbox.gz`, `/T/`, `/t/`, `#r`, of its `/r/` redirect, of msgid.link and patch.msgid.link, and of patchwork (with
    a Message-ID, or the number of a series or patch); everything else is a path. Raises MailError for a URL or range
    out of which nothing can be made, UsageError for three dots and for a range that is not marked as one.
    """
    words = text.strip()
    if words == "-":
        return Location(kind="stdin", text=text)
    if words.startswith("git:"):
        return _parse_range(text, words)
    if re.match(r"https?://", words, re.IGNORECASE):
        return _parse_url(text, words)
    news = _NEWS.fullmatch(words)
    if news and _is_message_id(news[1]):
        return Location(kind="message", text=text, message_id=news[1])
    if _NO_SCHEME.fullmatch(words):
        return _parse_url(text, f"https://{words}")
    if re.match(r"[a-z][a-z0-9+.-]*://", words, re.IGNORECASE):
        raise MailError("only http and https addresses are fetched", where=words[:200],
                        hint="give the https address of the mail, or its Message-ID")
    bare = _PREFIX.sub("", words).strip()
    bracketed = bare.startswith("<") and bare.endswith(">")
    bare = bare.strip("<>").strip()
    if _is_message_id(bare) and (bracketed or bare != words or "/" not in words):
        return Location(kind="message", text=text, message_id=bare)
    if "\0" in words or not words or len(words) > _LONGEST:
        raise MailError("is no file name, Message-ID or address", where=words[:60].replace("\0", "?"),
                        hint="name an mbox, a patch, a Message-ID or an archive's URL")
    range_of = _RANGE.fullmatch(words)
    if range_of:
        raise UsageError("is no file", where=words,
                         hint=f"a range of commits is written git:{range_of[1]}..{range_of[2]}")
    return Location(kind="path", text=text, path=text)


def _is_message_id(text: str) -> bool:
    return len(text) <= 998 and text.isascii() and text.isprintable() and bool(_ID.fullmatch(text))


def _parse_range(text: str, words: str) -> Location:
    base, dots, topic = words.removeprefix("git:").partition("..")
    if topic.startswith("."):
        raise UsageError("three dots name the commits of both sides", where=words[:200],
                         hint=f"write git:{clip(base, 60)}..{clip(topic.lstrip('.'), 60)} for those of the topic")
    if not dots or any(part.startswith("-") or part.split() != [part] for part in (base, topic)):
        raise MailError("is no range of commits", where=words[:200], hint="write it as git:BASE..TOPIC")
    return Location(kind="git", text=text, git_base=base, git_topic=topic)


def _parse_url(text: str, words: str) -> Location:
    try:
        parts = urlsplit(words)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _unusable(words) from error
    if not host or "@" in parts.netloc or any(ord(char) < 33 for char in words) or len(words) > _LONGEST:
        raise _unusable(words)
    origin = f"{parts.scheme.lower()}://{host if ':' not in host else f'[{host}]'}{f':{port}' if port else ''}"
    number = _patchwork_number(parts.path, parts.query)
    if number:
        return Location(kind="mbox", text=text, base=f"{origin}{number}")
    asked = dict(parse_qsl(parts.query, max_num_fields=20)).get("i", "") if host.endswith("marc.info") else ""
    if _is_message_id(asked.strip("<>")):
        return Location(kind="message", text=text, message_id=asked.strip("<>"))
    segments = [segment for segment in parts.path.split("/") if segment]
    at = next((at for at in range(len(segments) - 1, -1, -1) if _is_message_id(unquote(segments[at]))), -1)
    if at < 0:
        raise _unusable(words)
    message_id = unquote(segments[at])
    rest = segments[at + 1:]
    before = segments[:at]
    if host in _LINK_HOSTS or before == ["r"] or {"patch", "cover"} & set(before):
        # These only redirect, or are no archive at all: the mail is looked up where Message-IDs are.
        keep = origin if before == ["r"] and host not in _LINK_HOSTS else ""
        base = f"{keep}/all" if keep and not keep.endswith("//lore.kernel.org") else ""
        return Location(kind="message", text=text, message_id=message_id, base=base)
    if rest and rest[0] not in _ENDS:
        raise _unusable(words)
    return Location(kind="message", text=text, message_id=message_id, base="/".join([origin, *before]))


def _patchwork_number(path: str, query: str) -> str:
    """Return the path of the mbox of a series or patch that a patchwork address gives by number, or nothing."""
    found = _PATCHWORK.fullmatch(path)
    if found:
        kind = {"patches": "patch", "covers": "cover"}.get(found["kind"], found["kind"])
        return f"/{kind}/{found['number']}/mbox/"
    series = dict(parse_qsl(query, max_num_fields=20)).get("series", "") if _PATCHWORK_LIST.fullmatch(path) else ""
    return f"/series/{series}/mbox/" if series.isascii() and series.isdigit() and len(series) < 13 else ""


def _unusable(words: str) -> MailError:
    # What stands before an @ in the host part may be a password; it is not printed back.
    shown = re.sub(r"//[^/@]*@", "//", "".join(char if char.isprintable() else "?" for char in words[:200]))
    return MailError("no Message-ID can be read out of this address", where=shown,
                     hint="give an address like https://lore.kernel.org/LIST/MESSAGE-ID/, or the Message-ID alone")

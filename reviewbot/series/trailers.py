"""Trailers: those of a commit message, and those that reviewers give in replies, with a check of who gave them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace

from reviewbot.mail.types import Address, Message
from reviewbot.patterns import regex
from reviewbot.series.types import Series, Trailer

__all__ = ["belongs_to", "follow_up_trailers", "sift_trailers", "split_trailers"]

_LINE = regex(r"^\s{0,8}([A-Za-z][A-Za-z0-9-]{1,40})[ \t]*:[ \t]+(\S.*?)[ \t]*$")
_PERSON = regex(r"(?:^|\s)<?([^\s<>]+@[^\s<>]+\.[^\s<>]+)>?")
_NAMED = regex(r"^\"?(.*?)\"?\s*<([^<>\s]+@[^<>\s]+)>")
_KNOWN = {"fixes", "link", "closes", "buglink", "cc", "depends-on", "based-on", "message-id", "bug", "bugzilla",
          "obsoleted-by", "assisted-by", "references", "change-id", "addresses-coverity", "addresses-coverity-id",
          "origin", "upstream"}
_FOLLOW_UP = {"fixes", "link", "closes", "buglink", "obsoleted-by"}
_COMMENT = regex(r"(?<!\s)\s+#[^#]*$")
_SIGNATURE = regex(r"^-- ?$", re.MULTILINE)
_WRAPPED_ADDRESS = regex(r"^([ \t]*[A-Za-z-]+-by:[^<\n]+)\n[ \t]*(<[^<>\n]+>)[ \t]*$",
                         re.MULTILINE | re.IGNORECASE)
_WRAPPED_FIXES = regex(r"^(Fixes:[ \t]+[0-9a-f]+[ \t]+\([^)\n]+)\n([^\n]+\))", re.MULTILINE | re.IGNORECASE)
_NOTE = regex(r"^\s*\[.*\]\s*$")


def split_trailers(message: str) -> tuple[str, tuple[Trailer, ...]]:
    """Return the commit message without its closing trailers, and the trailers.

    The closing paragraph counts when it holds a well-known trailer; so do the ones before it that hold nothing else.
    """
    paragraphs = re.split(r"\n[ \t]*\n", _rejoin(message).strip("\n"))
    trailers: list[Trailer] = []
    last = True
    while paragraphs:
        found, others = _read(paragraphs[-1])
        pure = all(_NOTE.match(line) or not line.strip() for line in others)
        if not any(_is_known(trailer) for trailer in found) or not (pure or last):
            break
        trailers[:0] = found
        paragraphs.pop()
        if not pure:
            paragraphs.append("\n".join(others))
            break
        last = False
    return "\n\n".join(paragraphs).strip("\n"), tuple(trailers)


def follow_up_trailers(message: Message, *, with_diff: bool) -> tuple[Trailer, ...]:
    """Return the trailers that a reply gives, each with whether its address is the sender's.

    Quoted lines, the signature and names that are no trailers of review do not count. A reply that carries a diff
    of its own signs off on that diff, not on the patch it answers.
    """
    text = _rejoin(_SIGNATURE.split(message.body, maxsplit=1)[0])
    given: dict[tuple[str, str], Trailer] = {}
    for line in text.split("\n"):
        found = _LINE.match(line)
        if not found:
            continue
        name, value = found.group(1), _COMMENT.sub("", found.group(2))
        lowered = name.lower()
        by = lowered.endswith("-by")
        if lowered == "fixes" and not re.match(r"[0-9a-f]{6,}", value):
            continue
        if not (lowered in _FOLLOW_UP or (by and _PERSON.search(value))):
            continue
        if with_diff and lowered in {"signed-off-by", "co-developed-by", "fixes", "link", "closes"}:
            continue
        value = re.sub(r"<mailto:[^>]*>", "", value).strip()
        given.setdefault((lowered, value.lower()), Trailer(
            name=name, value=value, via=message.message_id,
            matches=not by or lowered == "obsoleted-by" or belongs_to(value, message.author)))
    return tuple(given.values())


def sift_trailers(series: Series, *, senders: Mapping[str, str], ignored: Set[str] = frozenset(), sloppy: bool = False
                  ) -> Series:
    """Return the series without the follow-up trailers that name an ignored address or came from one (lower case);
    with `sloppy` those that remain count whoever sent them. `senders` are addresses by the Message-ID of a mail."""
    def sift(trailers: tuple[Trailer, ...]) -> tuple[Trailer, ...]:
        kept = (one for one in trailers if not one.via or not (
            {found.lower() for found in _PERSON.findall(one.value)} | {senders.get(one.via, "").lower()}) & ignored)
        return tuple(replace(one, matches=True) if sloppy else one for one in kept)

    cover = series.cover and replace(series.cover, trailers=sift(series.cover.trailers))
    return replace(series, cover=cover, patches=tuple(
        replace(patch, trailers=sift(patch.trailers)) for patch in series.patches))


def belongs_to(value: str, sender: Address) -> bool:
    """Return whether a trailer's value names the sender: by address, by address without `+tag` or host, or by name."""
    named = _NAMED.match(value)
    found = _PERSON.search(value)
    ours = (named.group(2) if named else found.group(1) if found else "").lower()
    theirs = sender.email.lower()
    if ours and _same_address(ours, theirs):
        return True
    name = squash_name(named.group(1)) if named else ""
    other = squash_name(sender.name)
    if not name or not other:
        return False
    # "Doe, Jane" in the header is "Jane Doe" in the trailer.
    return name == other or ("," in other and sorted(name.split()) == sorted(other.replace(",", " ").split()))


def squash_name(name: str) -> str:
    """Return a person's name for comparison."""
    return " ".join(name.strip("\"' ").lower().split())


def _same_address(ours: str, theirs: str) -> bool:
    ours, theirs = (re.sub(r"\+[^@]*@", "@", address) for address in (ours, theirs))
    if ours == theirs:
        return True
    our_user, _, our_host = ours.partition("@")
    their_user, _, their_host = theirs.partition("@")
    if our_user != their_user or not our_host or not their_host:
        return False
    # jane@linux.example.com and jane@example.com are one person; more than one level apart is not believed.
    longer, shorter = sorted((our_host, their_host), key=len, reverse=True)
    return longer.endswith(f".{shorter}") and longer.count(".") - shorter.count(".") == 1


def _is_known(trailer: Trailer) -> bool:
    name = trailer.name.lower()
    return name.endswith("-by") or name in _KNOWN


def _rejoin(text: str) -> str:
    """Return the text with trailers that a mailer wrapped on one line again."""
    return _WRAPPED_FIXES.sub(r"\1 \2", _WRAPPED_ADDRESS.sub(r"\1 \2", text))


def _read(paragraph: str) -> tuple[list[Trailer], list[str]]:
    """Return the trailers of a paragraph and its other lines."""
    trailers: list[Trailer] = []
    others: list[str] = []
    for line in paragraph.split("\n"):
        found = _LINE.match(line)
        if found and _is_known(Trailer(name=found.group(1), value="")):
            trailers.append(Trailer(name=found.group(1), value=found.group(2)))
        elif trailers and line[:1] in {" ", "\t"} and line.strip() and not found:
            previous = trailers.pop()
            trailers.append(Trailer(name=previous.name, value=f"{previous.value} {line.strip()}"))
        else:
            others.append(line)
    return trailers, others

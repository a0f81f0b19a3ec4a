"""What the subject of a mail says about its place in a series: `[RFC PATCH net-next v2 03/12] title`."""

from __future__ import annotations

import re

from reviewbot.patterns import regex
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["SubjectLine", "parse_subject"]

_REPLY = regex(
    r"^(?:(?:re|aw|fwd?|antw|odp|答复|回复|转发)\s*(?:\[\d{1,4}\]|\(\d{1,4}\))?\s*[:：]\s*)+",
    re.IGNORECASE)
# Any short word in front of a bracket is a reply mark in a language that the list above lacks, as b4 has it.
_REPLY_OTHER = regex(r"^\w{2,3}:\s*(?=\[)")
_COUNTER = regex(r"^(\d{1,4})/(\d{1,4})$")
_VERSION = regex(r"^v(\d{1,4})(?:\.\d+)?$", re.IGNORECASE)
# How people write `PATCH v2 1/3` without a blank or with other marks: PATCH1/3, PATCHv2, PATCH-v2, RFC/PATCH, v2-1/3,
# 1 of 3, 1 / 3, version 2, take 2.
_GLUED = regex(r"\b((?:re)?patch(?:set|es)?|rfc|resend|repost)[-_.:#/]?"
               r"(?=v\.?\d|\d{1,4}\s*(?:/|of\b)\s*\d|(?:patch|rfc|resend)\b)",
               re.IGNORECASE)
_GLUED_VERSION = regex(r"\b(v\d{1,3})[-_:#](?=\d{1,4}/\d)", re.IGNORECASE)
_CROWDED = regex(r"\bv(\d)(\d{1,4}/\d)", re.IGNORECASE)
_WIDE_COUNTER = regex(r"(?<![\w./])(\d{1,4})\s*(?:/|\bof\b)\s*(\d{1,4})(?![\w./])", re.IGNORECASE)
_WIDE_VERSION = regex(r"\b(?:version|ver|rev|revision|take|try|v)[ .#-]?(\d{1,3})(?![\w/]|\.\d|\s*/)",
                      re.IGNORECASE)
# A submission whose words stand in other brackets, or in none: `PATCH 1/3: title`, `(PATCH v2 1/3) title`.
_WORD = r"(?:(?:rfc|resend|repost|patch(?:set|es)?|v\d{1,3})(?:v\d{1,3})?|\d{1,4}\s*(?:/|of\b)\s*\d{1,4})"
_UNBRACKETED = regex(rf"^(?P<open>[\[({{<【]?)\s*(?P<words>{_WORD}(?:[\s,;_-]+{_WORD})*)\s*"
                     rf"(?P<close>[\])}}>】]?)[:\s,-]*(?=\S)",
                     re.IGNORECASE)
_TREE = regex(r"^\d+\.\d+(?:\.\w+)?$")
_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLine:
    """The parts of a subject. `title` is what remains without reply marks and brackets.

    `declared` is the total as written and `counted` whether a counter stood there at all (else 1/1 is assumed);
    `version_given` whether a version stood there. `prefixes` are the other words of the brackets, in order; `tree`
    those of them that name a stable kernel (`5.10`). `patch` is whether the brackets say that this is a submission.
    """

    full: str
    title: str
    reply: bool
    patch: bool
    pull: bool
    rfc: bool
    resend: bool
    version: int
    version_given: bool
    index: int
    declared: int
    counted: bool
    prefixes: tuple[str, ...]

    @property
    def total(self) -> int:
        """Return how many patches are promised; `[6/5]` promises six."""
        return max(self.index, self.declared)

    @property
    def tree(self) -> tuple[str, ...]:
        """Return the stable kernels that the brackets name."""
        return tuple(word for word in self.prefixes if _TREE.match(word))

    @property
    def key(self) -> str:
        """Return the title in the form in which titles of two versions are compared."""
        return squash(self.title).lower().rstrip(".")


def parse_subject(text: str) -> SubjectLine:
    """Return the parts of the decoded subject `text`. Accepts anything."""
    full = squash(text)[:_LONGEST]
    rest, marks = _REPLY.subn("", full)
    reply = bool(marks)
    if _REPLY_OTHER.match(rest):
        rest, reply = _REPLY_OTHER.sub("", rest, count=1), True
    words, title = _brackets(rest) if not (loose := _loose(rest)) else loose
    # A bot's name may stand in front of the reply mark: `[name] Re: [PATCH] title`.
    if _REPLY.match(title) and not any(word.lower().startswith(("patch", "rfc")) for word in words):
        inner, title = _brackets(_REPLY.sub("", title))
        words, reply = [*words, *inner], True
    return _read_words(full, title or rest, words, reply=reply)


def _loose(text: str) -> tuple[list[str], str] | None:
    """Return the words of a submission that are not in square brackets, and the title; None when there are none.

    Without any bracket a counter must say that it is a submission: `patch: fix the build` is a title.
    """
    found = _UNBRACKETED.match(text)
    if not found or (found["open"] == "[" and found["close"] == "]") or "patch" not in found["words"].lower():
        return None
    words = _split_words(found["words"])
    counted = any(_COUNTER.match(word) for word in words)
    return (words, text[found.end():]) if counted or (found["open"] and found["close"]) else None


def _split_words(inside: str) -> list[str]:
    text = inside.replace("[", " ").replace("]", " ")
    for pattern, plain in ((_GLUED, r"\1 "), (_GLUED_VERSION, r"\1 "), (_CROWDED, r"v\1 \2"),
                           (_WIDE_COUNTER, r" \1/\2 "), (_WIDE_VERSION, r"v\1")):
        text = pattern.sub(plain, text)
    words = (word.strip(",;:") for word in text.replace(",", " ").replace(";", " ").split())
    return [word for word in words if word]


def _brackets(text: str) -> tuple[list[str], str]:
    """Return the words of the leading brackets, however nested, and what stands behind them."""
    words: list[str] = []
    rest = text
    while rest.startswith("["):
        depth = end = 0
        for at, char in enumerate(rest):
            depth += (char == "[") - (char == "]")
            if depth == 0:
                end = at
                break
        if not end:
            break
        words.extend(_split_words(rest[1:end]))
        rest = rest[end + 1:].lstrip()
    return words, rest


def _read_words(full: str, title: str, words: list[str], *, reply: bool) -> SubjectLine:
    index, declared, counted = 1, 1, False
    version, version_given = 1, False
    patch = pull = rfc = resend = False
    prefixes: list[str] = []
    for word in words:
        lowered = word.lower()
        counter, number = _COUNTER.match(word), _VERSION.match(word.lstrip("-"))
        if counter:
            index, declared, counted = int(counter.group(1)), int(counter.group(2)), True
            continue
        if number:
            version, version_given = max(1, int(number.group(1))), True
            continue
        if lowered in {"patch", "patches", "patchset"}:
            patch = True
            continue
        if lowered.startswith("patch"):
            patch = True
        rfc = rfc or lowered.startswith("rfc")
        resend = resend or lowered.startswith("resend")
        pull = pull or lowered == "pull"
        prefixes.append(word)
    return SubjectLine(full=full, title=title, reply=reply, patch=patch or rfc or counted, pull=pull, rfc=rfc,
                       resend=resend, version=version, version_given=version_given, index=index, declared=declared,
                       counted=counted, prefixes=tuple(prefixes))

"""Where an address comes from: what it is counted from, past offsets, roundings, casts and local copies."""

from __future__ import annotations

import re

from reviewbot.cfacts import CallSite, FunctionFlow
from reviewbot.cfacts.objects import object_of
from reviewbot.checks.boundary import values_given
from reviewbot.patterns import regex
from reviewbot.text import is_bracketed

__all__ = ["bases_of", "origins_of"]

_MOST_STEPS = 4
_ROUNDED = frozenset({"PAGE_ALIGN", "PAGE_ALIGN_DOWN", "ALIGN", "ALIGN_DOWN", "PTR_ALIGN", "PTR_ALIGN_DOWN", "round_up",
                      "round_down", "roundup", "rounddown"})
_CALL = regex(r"([A-Za-z_]\w*)\s*\(")
_PLACE = regex(r"[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^\[\]]*\])*")
_ELEMENT = regex(rf"&\s*({_PLACE.pattern})\[[^\[\]]*\]")
_MASKED = regex(r"(.*\S) ?& ?(?:PAGE_MASK|~.*)")
_STEPPED = regex(r"\s*(?:\+\+|--|[-+]=)")


def origins_of(flow: FunctionFlow, site: CallSite, number: int) -> frozenset[str]:
    """Return the objects that an argument of the call may be counted from, besides the object that it names itself.

    `base + offset` and `PAGE_ALIGN(base)` lie in the memory at `base`; of a sum each part that may be one is told:
    C does not tell which of them is the offset.
    """
    own = flow.names_of(site, number)
    texts = flow.texts()
    found: dict[str, None] = {}
    todo = sorted(own)
    for _ in range(_MOST_STEPS):
        fresh = [name for text in todo for name in (*_counted_from(text), *_held(text, texts))]
        todo = [name for name in dict.fromkeys(name for text in fresh for name in (text, flow.object_in(text)))
                if name not in found and name not in own]
        found.update(dict.fromkeys(todo))
        if not todo:
            break
    return frozenset(found)


def bases_of(argument: str) -> tuple[str, ...]:
    """Return what an address expression may be counted from: itself where it is no sum and no rounding."""
    text = object_of(argument)
    masked = _MASKED.fullmatch(text)
    if masked is not None and masked[1].count("(") == masked[1].count(")"):
        return bases_of(masked[1])
    called = _CALL.match(text)
    if called is not None and called[1] in _ROUNDED and is_bracketed(text, called.end() - 1):
        return bases_of(_split(text[called.end():-1], ",")[0])
    element = _ELEMENT.fullmatch(text)
    if element is not None:
        return (element[1],)
    parts = _split(text, "+-")
    if len(parts) == 1:
        return (text,)
    return tuple(dict.fromkeys(base for part in parts for base in bases_of(part) if _PLACE.fullmatch(base)
                               and not base.isupper()))


def _counted_from(text: str) -> tuple[str, ...]:
    return tuple(base for base in bases_of(text) if base != text)


def _held(place: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the values of a place are all counted from: a loop that steps through memory stays in it."""
    if not _PLACE.fullmatch(place):
        return ()
    stepped = re.compile(rf"(?<![\w.>]){re.escape(place)}{_STEPPED.pattern}")
    values = [bases_of(value) for value in values_given(place, [text for text in texts if not stepped.search(text)])
              if value not in {"NULL", "0"}]
    return tuple(base for base in values[0] if all(base in other for other in values)) if values else ()


def _split(text: str, marks: str) -> list[str]:
    """Return the parts of a text between marks outside of brackets, without those behind a minus."""
    parts, depth, start, taken = [], 0, 0, True
    for at, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        arrow = letter == "-" and text[at + 1:at + 2] == ">"
        if depth == 0 and letter in marks and not arrow and text[start:at].strip():
            if taken:
                parts.append(text[start:at].strip())
            start, taken = at + 1, letter != "-"
    if taken and text[start:].strip():
        parts.append(text[start:].strip())
    return parts or [text]

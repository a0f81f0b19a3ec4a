"""Whether a call is given the start of a page, as far as the text of its function shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from reviewbot.checks.lists import own_list
from reviewbot.patterns import regex
from reviewbot.text import is_bracketed

__all__ = ["bare_address", "on_boundary", "values_given"]

_CAST = regex(r"\((?:const |unsigned |signed |struct )*(?:void|char|long|int|u8|u32|u64|\w+_t|\w+ )(?: long| int)*"
              r"[ *]*\)\s*(?=[\w(&*])")
_CALL = regex(r"([A-Za-z_]\w*)\s*\(")
_MASKED = regex(r"(?:^|.*[\s)])& ?PAGE_MASK|PAGE_MASK & ?.*")
_PLACE = regex(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_WHOLE_PAGES = regex(r"[^+\-*/%|&<>?:]* ?\* ?PAGE_SIZE|[^+\-*/%|&<>?:]* ?<< ?PAGE_SHIFT|PAGE_SIZE")
_ASSERTED = regex(r"BUG_ON\((?:!(?:PAGE_ALIGNED|IS_ALIGNED)\((?P<aligned>.*?)(?:, ?PAGE_SIZE)?\)"
                  r"|(?P<masked>.*) & ?\(?(?:~ ?PAGE_MASK|PAGE_SIZE ?- ?1)\)?)\);?")
_NOTHING = frozenset({"NULL", "0"})
_DEEPEST = 4


def on_boundary(argument: str, texts: Sequence[str], depth: int = 0) -> bool:
    """Return whether the address is surely one of a page's start.

    `texts` are the statements of the function: a name is what they give it, all of them, and what the function stops
    the kernel for lies on a boundary behind that.
    """
    text = bare_address(argument)
    if _MASKED.fullmatch(text) or text in _asserted(tuple(texts)):
        return True
    head = _CALL.match(text)
    if head is not None and is_bracketed(text, head.end() - 1):
        inner = text[head.end():-1]
        return head[1] in own_list("gives_pages") or (
            head[1] in own_list("converts") and depth < _DEEPEST and on_boundary(inner, texts, depth + 1))
    left, plus, right = text.partition(" + ")
    if plus and (_WHOLE_PAGES.fullmatch(bare_address(right)) or bare_address(right) in _asserted(tuple(texts))):
        return on_boundary(left, texts, depth)
    if _PLACE.fullmatch(text) is None or depth >= _DEEPEST:
        return False
    values = [value for value in values_given(text, texts) if value not in _NOTHING]
    return bool(values) and all(on_boundary(value, texts, depth + 1) for value in values)


@lru_cache(maxsize=64)
def _asserted(texts: tuple[str, ...]) -> frozenset[str]:
    """Return the places that the function's BUG_ON()s hold to be multiples of a page."""
    hits = [hit for text in texts if "BUG_ON(" in text and (hit := _ASSERTED.fullmatch(text))]
    return frozenset(bare_address(hit["aligned"] or hit["masked"]) for hit in hits)


def bare_address(text: str) -> str:
    """Return an expression without casts, and without brackets around all of it."""
    text = " ".join(_CAST.sub("", text).split())
    while is_bracketed(text):
        text = _CAST.sub("", text[1:-1].strip())
    return text


def values_given(place: str, texts: Sequence[str]) -> list[str]:
    """Return what the statements give a place; something that proves nothing where one changes it otherwise."""
    named = re.compile(rf"(?<![\w.>]){re.escape(place)}(?![\w(\[]|->|\.)")
    given = re.compile(rf"{named.pattern}\s*=(?!=)\s*(?P<value>.*?);?$")
    changed = re.compile(rf"(?:\+\+|--|&){named.pattern}|{named.pattern}\s*(?:\+\+|--|(?:[-+|&^*/%]|<<|>>)=)")
    found: list[str] = []
    for text in texts:
        if place not in text:
            continue
        hit = given.search(text)
        if changed.search(text):
            found.append("?")
        elif hit is not None:
            found.append(hit["value"])
    return found

"""What masks of named flags come to: `GFP_NOWAIT & __GFP_DIRECT_RECLAIM` is nothing, a flag in itself is something."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, cast

from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import decode, is_bracketed

__all__ = ["answer_of_mask", "share_bits"]

_FLAG = r"_*[A-Z][A-Z0-9_]*"
_LIST = regex(rf"{_FLAG}(?:\s*\|\s*{_FLAG})*")
_NAME = regex(_FLAG)
_CAST = regex(r"\((?:__force )?\w+\)\s*(?=[(\w])")
_NUMBER = regex(r"(0[xX][0-9a-fA-F]+|\d+)[uUlL]*")
_SHIFTED = regex(r"\(*\s*1[uUlL]*\s*\)*\s*<<\s*(\d+)|BIT(?:_ULL)?\(\s*(\d+)\s*\)")
_NAMED_BIT = regex(rf"BIT(?:_ULL)?\(\s*({_FLAG})\s*\)")
_COMMENT = regex(r"/\*.*?(?:\*/|$)|//.*")
_DEEPEST = 6
_MOST_FILES = 40  # headers that name a flag

_Bits = frozenset[tuple[str, str]]
"""Single bits, each by what tells it: a number, or an enumerator with the header that has it."""


def share_bits(tree: Tree, one: str, other: str) -> bool | None:
    """Return whether two masks of constants, `A | B`, have a bit in common; None where that is not known."""
    bits = [_bits(tree, _bare(mask), 0) for mask in (one, other)]
    if frozenset() in bits:
        return False
    mine, theirs = bits
    if mine is None or theirs is None:
        return None
    if mine & theirs:
        return True
    # Two enumerators of one list are two bits, and so are two numbers; a number may well be what an enumerator is.
    return False if len({kind for kind, _ in mine | theirs}) == 1 else None


def answer_of_mask(tree: Tree, name: str, mask: str) -> bool | None:
    """Return what a function of a header answers that asks whether a mask has one flag; None for any other function,
    and where that is not known."""
    asked = _flag_asked(cast(Hashable, tree), name) if _LIST.fullmatch(_bare(mask)) else ""
    return share_bits(tree, mask, asked) if asked else None


@lru_cache(maxsize=256)
def _flag_asked(tree: Any, name: str) -> str:
    """Return the flag of which a `Tree`'s inline function asks whether its only argument has it."""
    head = re.compile(rf"\b{name}\(\s*(?:const\s+)?(?:unsigned\s+)?\w+\s+(\w+)\s*\)\s*\{{\s*"
                      rf"return\s*(?:!\s*!\s*)?\(?\s*(\w+)\s*&\s*({_FLAG})\s*\)?\s*;\s*\}}")
    there = re.compile(rf"\b{name}\([^;{{}}()]*\)\s*\{{")
    found: list[str] = []
    for path in _headers(tree, name, ("include",)):
        text = decode(tree.read(path) or b"")
        for _ in there.finditer(text):
            hit = head.search(text)
            found.append(hit[3] if hit is not None and hit[1] == hit[2] else "")
    return found[0] if len(found) == 1 else ""


def _headers(tree: Any, name: str, prefixes: tuple[str, ...]) -> tuple[str, ...]:
    paths = tuple(tree.search([name], prefixes=prefixes, suffixes=(".h",)))
    return paths if len(paths) <= _MOST_FILES else ()


def _bits(tree: Tree, mask: str, depth: int) -> _Bits | None:
    """Return the bits of a mask; None where one of its flags is not known."""
    number = _NUMBER.fullmatch(mask)
    if number is not None:
        return _of_number(number[1])
    if _LIST.fullmatch(mask) is None or depth > _DEEPEST:
        return None
    found: set[tuple[str, str]] = set()
    for name in _NAME.findall(mask):
        path, body = _body(cast(Hashable, tree), name)
        shifted, named = _SHIFTED.fullmatch(body), _NAMED_BIT.fullmatch(body)
        if shifted is not None:
            bits: _Bits | None = frozenset({("", shifted[1] or shifted[2])})
        elif named is not None:
            bits = frozenset({(path, named[1])}) if _counts_on(cast(Hashable, tree), path, named[1]) else None
        else:
            bits = _bits(tree, body, depth + 1)
        if bits is None:
            return None
        found |= bits
    return frozenset(found)


def _of_number(digits: str) -> _Bits:
    base = 16 if digits[:2] in {"0x", "0X"} else 8 if digits[0] == "0" and len(digits) > 1 and digits.isdigit() else 10
    try:
        value = int(digits, base) & ((1 << 64) - 1)
    except ValueError:
        return frozenset({("?", digits)})
    return frozenset(("", str(bit)) for bit in range(64) if value >> bit & 1)


@lru_cache(maxsize=512)
def _body(tree: Any, name: str) -> tuple[str, str]:
    """Return what a `Tree`'s headers say that a flag is, with the header; empty where they say it in several ways, or
    none does."""
    define = re.compile(rf"^[ \t]*#[ \t]*define[ \t]+{name}[ \t]+([^\n]*)$", re.MULTILINE)
    bodies = {(path, _bare(_COMMENT.sub("", text))) for path in _headers(tree, name, ("include", "arch"))
              for text in define.findall(decode(tree.read(path) or b""))}
    return next(iter(bodies)) if len(bodies) == 1 else ("", "")


@lru_cache(maxsize=256)
def _counts_on(tree: Any, path: str, name: str) -> bool:
    """Return whether an enumerator of that header has the number behind that of the one before it, and so its own."""
    text = decode(tree.read(path) or b"")
    return len(re.findall(rf"(?<!\w){name}\s*,", text)) == 1 and re.search(rf"(?<!\w){name}\s*=", text) is None


def _bare(body: str) -> str:
    """Return what a macro stands for without the brackets and the cast around it."""
    body = " ".join(body.split())
    while True:
        inner = body[1:-1].strip() if is_bracketed(body) else body
        cast_ = _CAST.match(inner)
        inner = inner[cast_.end():] if cast_ is not None else inner
        if inner == body:
            return body
        body = inner

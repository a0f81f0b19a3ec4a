"""Whether an address is one of the linear map, and who refuses such a one."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.arch import Fact
from reviewbot.checks.boundary import bare_address, values_given
from reviewbot.checks.lists import own_list
from reviewbot.patterns import regex
from reviewbot.text import is_bracketed

__all__ = ["is_linear", "takes_vmalloc_only"]

_CALL = regex(r"([A-Za-z_]\w*)\s*\(")
_PLACE = regex(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_OFFSET = regex(r"(?P<start>.*?) (?:\+|-|& ?(?=PAGE_MASK$)) ?.+")
_NOTHING = frozenset({"NULL", "0"})
_DEEPEST = 4


def takes_vmalloc_only(fact: Fact) -> bool:
    """Return whether the function refuses an address outside of vmalloc space; most only leave other aliases alone."""
    return fact.refuses_linear


def is_linear(argument: str, texts: Sequence[str], depth: int = 0) -> bool:
    """Return whether the address is surely one of the linear map.

    `texts` are the statements of the function: a name is what they give it, all of them.
    """
    text = bare_address(argument)
    head = _CALL.match(text)
    if head is not None and is_bracketed(text, head.end() - 1):
        return head[1] in own_list("gives_linear")
    offset = _OFFSET.fullmatch(text)
    if offset is not None and depth < _DEEPEST:
        return is_linear(offset["start"], texts, depth + 1)
    if _PLACE.fullmatch(text) is None or depth >= _DEEPEST:
        return False
    values = [value for value in values_given(text, texts) if bare_address(value) not in _NOTHING]
    return bool(values) and all(is_linear(value, texts, depth + 1) for value in values)

"""Whether an address is one of the linear map, and who refuses such a one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewbot.arch import Fact
from reviewbot.cfacts.types import Call
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.boundary import bare_address, values_given
from reviewbot.checks.leaves import Leaf
from reviewbot.checks.lists import own_list
from reviewbot.patterns import regex
from reviewbot.text import is_bracketed

__all__ = ["as_refused", "is_linear", "takes_vmalloc_only"]

_CALL = regex(r"([A-Za-z_]\w*)\s*\(")
_PLACE = regex(r"[A-Za-z_]\w*(?:(?:->|\.)\w+)*")
_OFFSET = regex(r"(?P<start>.*?) (?:\+|-|& ?(?=PAGE_MASK$)) ?.+")
_NOTHING = frozenset({"NULL", "0"})
_DEEPEST = 4
_REFUSED = "returns -EINVAL each time, as its address is one of the linear map"


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


def as_refused(analysis: Analysis, side: Side, path: str, call: Call, leaf: Leaf, fact: Fact) -> Fact:
    """Return what the function does where the call, in `path` at that moment, stands: one that refuses the linear map
    gives an error for an address of it, and changes and flushes nothing."""
    known = analysis.family.get(leaf.primitive) if takes_vmalloc_only(fact) and fact.is_real else None
    number = known.address_argument if known is not None else None
    if number is None:
        return fact
    inner, arguments = leaf.call or call, leaf.arguments or call.arguments
    followed = analysis.reading.follow(side.tree, leaf.file if leaf.call else path, inner)
    texts = followed[0].texts() if followed is not None else ()
    # What is handed on is told in the words of several functions: of these only what needs none of them tells.
    given = [(inner.arguments, texts), (arguments, ())]
    if not any(number < len(those) and is_linear(those[number], around) for those, around in given):
        return fact
    errnos = tuple(pair for pair in fact.errnos if pair[0] == "EINVAL") or (("EINVAL", _REFUSED),)
    return replace(fact, may_fail=True, errnos=errnos, causes=(), splits="no", flushes=False, sleeps=None, drops=(),
                   partial_on_failure=None, alias="none", does=_REFUSED)

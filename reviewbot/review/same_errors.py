"""Which statements only hand the same function more or fewer arguments, and take an error from it as before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reviewbot.checks.arguments import split_arguments
from reviewbot.patterns import regex

__all__ = ["same_errors"]

_TAKEN = regex(r"(?P<place>[A-Za-z_]\w*) ?= ?(?P<callee>[a-z_]\w*)\((?P<given>.*)\)")


def same_errors(old: Iterable[str], new: Iterable[str], all_of: Sequence[str]) -> frozenset[str]:
    """Return the statements of two sides, which the other side does not have so, that take into one variable what one
    function returns, where one side gives it all that the other does and more, and the variable is one for errors.

    What is done where that function fails is done then as before: a variable that takes an error by its name in one of
    `all_of` the statements (`err = -ENOMEM`) has 0 where nothing failed.
    """
    left = list(new)
    found: set[str] = set()
    for one in old:
        mine = _TAKEN.fullmatch(one)
        if mine is None or not any(re.fullmatch(rf"{mine['place']} ?= ?-E[A-Z]\w*", text) for text in _plain(all_of)):
            continue
        other = next((text for text in left if (theirs := _TAKEN.fullmatch(text)) is not None
                      and (theirs["place"], theirs["callee"]) == (mine["place"], mine["callee"])
                      and _is_fuller(mine["given"], theirs["given"])), None)
        if other is not None:
            left.remove(other)
            found |= {one, other}
    return frozenset(found)


def _plain(texts: Sequence[str]) -> Iterator[str]:
    """Yield the statements without what leads to them: `else ret = -EINVAL` sets it, too."""
    for text in texts:
        yield re.sub(r"^(?:if \(.*\)|else) ?(?=\w+ ?=)", "", text)


def _is_fuller(one: str, other: str) -> bool:
    """Return whether the arguments of one call are those of the other in their order with some more between them."""
    lists = [[part.strip() for part in parts] for text in (one, other) if (parts := split_arguments(text)) is not None]
    if len(lists) != 2 or len(lists[0]) == len(lists[1]):
        return False
    short, long = sorted(lists, key=len)
    rest = iter(long)
    return all(part in rest for part in short)

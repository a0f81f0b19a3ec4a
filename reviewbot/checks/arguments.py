"""The arguments of a call in the place of the parameters of what it calls."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reviewbot.cfacts.family import ApiFunction
from reviewbot.cfacts.headers import parameter_name
from reviewbot.cfacts.types import Function
from reviewbot.patterns import regex
from reviewbot.text import squash

__all__ = ["is_single_page", "parameter_names", "parameter_types", "put_in", "split_arguments"]

_POINTED = regex(r"\*\(&([\w.>-]+)\)")
_SIMPLE = regex(r"[\w.>-]+|\(*\d+\w*\)*")


def put_in(text: str, given: Mapping[str, str]) -> str:
    """Return C text with each of these names replaced by its argument, in brackets where it is more than a name."""
    if not given:
        return text

    def replaced(found: re.Match[str]) -> str:
        argument = given[found[0]].strip()
        return argument if _SIMPLE.fullmatch(argument) else f"({argument})"

    pattern = "|".join(re.escape(name) for name in sorted(given, key=len, reverse=True))
    return _POINTED.sub(r"\1", re.sub(rf"(?<![\w.>])(?:{pattern})\b", replaced, text)) if pattern else text


def parameter_names(function: Function) -> list[str]:
    """Return the names of a function's parameters in order."""
    return [parameter_name(p) if "(" in p else squash(p).replace("*", " ").split()[-1].split("[")[0]
            for p in function.parameters if p.strip() not in {"", "void"}]


def parameter_types(function: Function) -> list[str]:
    """Return the types of a function's parameters in order, blanks squashed."""
    written = [p for p in function.parameters if p.strip() not in {"", "void"}]
    return [re.sub(rf"\b{re.escape(name)}\b", "", squash(p)).replace(" ", "")
            for p, name in zip(written, parameter_names(function), strict=True)]


_ONE = regex(r"\(*1[uUlL]*\)*")


def is_single_page(known: ApiFunction | None, arguments: tuple[str, ...] | None = None) -> bool:
    """Return whether a function of the family changes one page: it takes a page and no size, or the size is 1.

    Without arguments it is asked of every call. A call with more arguments than the family knows tells nothing.
    """
    if known is None:
        return False
    if known.count_argument is None:
        expected = known.prototype.partition("(")[2].count(",") + 1
        return known.address == "page" and (arguments is None or len(arguments) <= expected)
    return arguments is not None and known.count_argument < len(arguments) \
        and _ONE.fullmatch(arguments[known.count_argument].strip()) is not None


def split_arguments(text: str) -> tuple[str, ...] | None:
    """Return the arguments that stand between the brackets of a call; None where the brackets do not match."""
    parts, depth, start = [], 0, 0
    for index, sign in enumerate(text):
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth < 0:
                return None
        elif sign == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    if depth:
        return None
    last = text[start:]
    return (*parts, last) if parts or last.strip() else ()

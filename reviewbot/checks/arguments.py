"""The arguments of a call in the place of the parameters of what it calls."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reviewbot.cfacts.types import Function
from reviewbot.text import squash

__all__ = ["parameter_names", "put_in", "split_arguments"]

_POINTED = re.compile(r"\*\(&([\w.>-]+)\)")
_SIMPLE = re.compile(r"[\w.>-]+|\(*\d+\w*\)*")


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
    return [squash(p).replace("*", " ").split()[-1].split("[")[0] for p in function.parameters
            if p.strip() not in {"", "void"}]


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

"""What a function tells its caller on a way behind a call of it: an error, that all went well, or what is not known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from reviewbot.cfacts import CallSite, FunctionFlow, Route, Statement
from reviewbot.patterns import regex
from reviewbot.text import is_bracketed
from reviewbot.values import dataclass

__all__ = ["Told", "sense_of", "told_on"]

_ERRNO = regex(r"-\s*E[A-Z0-9]+")
_ERROR_POINTER = regex(r"(?:ERR_PTR|ERR_CAST|PTR_ERR|PTR_ERR_OR_ZERO)\(.+\)")
_CAST = regex(r"\((?:const |unsigned |signed |struct |void |char |int |long )[\w ]*\*?\)\s*(?=[\w(&])")
_NUMBERS = frozenset({"int", "long", "ssize_t"})
_DEEPEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`error`, `success` or an empty `answer`, and what is returned: `ret (0)`, `NULL`."""

    answer: Literal["error", "success", ""]
    said: str


def told_on(flow: FunctionFlow, site: CallSite, route: Route, *, returns: str, memory: int | None, failed: bool
            ) -> Told:
    """Return what the function, whose type is `returns`, tells its caller at the end of a way behind the site, on which
    the call has `failed` or worked; `memory` is the argument of the call that names the memory."""
    pointer, words = "*" in returns, {*returns.replace("*", " ").split()}
    if route.ends != "return" or not route.returns or not (pointer or (words & _NUMBERS and "unsigned" not in words)):
        return Told(answer="", said="")
    names = flow.names_of(site, memory) if memory is not None else frozenset[str]()
    text, told = route.returns, ""
    value = _value_of(flow, site, route.statements, text, names)
    answer = _answer(value, pointer=pointer, names=names, callee=site.callee, failed=failed)
    if value != text and answer:
        told = f" ({'the error' if answer == 'error' and f'{site.callee}(' in value else value})"
    return Told(answer=answer, said=f"{text}{told}")


def sense_of(flow: FunctionFlow, site: CallSite, *, failed: bool) -> bool | None:
    """Return whether a helper turns the result of its call round, so that what it returns is false where the call has
    `failed` and true where it worked; None where the ways behind the call do not all say so, or say something else."""
    found: set[bool | None] = set()
    for route in flow.paths_after(site, "failure" if failed else "success"):
        value = _value_of(flow, site, route.statements, route.returns, frozenset()) if route.ends == "return" else ""
        turned = value.startswith("!")
        if re.fullmatch(rf"!?{re.escape(site.callee)}\(.*\)", value):
            found.add(turned)
        elif value in {"0", "false"}:
            found.add(failed)
        elif value in {"1", "true"} or _ERRNO.fullmatch(value):
            found.add(not failed)
        else:
            found.add(None)
    return found.pop() if len(found) == 1 else None


def _answer(value: str, *, pointer: bool, names: frozenset[str], callee: str, failed: bool
            ) -> Literal["error", "success", ""]:
    if _ERRNO.fullmatch(value) or _ERROR_POINTER.fullmatch(value):
        return "error"
    if pointer:
        return "error" if value in {"NULL", "0"} else "success" if value in names else ""
    if value == "0":
        return "success"
    if re.fullmatch(rf"{re.escape(callee)}\(.*\)", value):
        return "error" if failed else "success"
    return ""


def _value_of(flow: FunctionFlow, site: CallSite, way: Sequence[Statement], text: str, names: frozenset[str]) -> str:
    """Return what an expression comes to at the end of a way: a variable is followed to what it was given last, on the
    way or, where all of that is known, in front of the call; not one of the names of the memory itself."""
    for _ in range(_DEEPEST):
        text = _bare(text)
        if not text.isidentifier() or text == "NULL":
            return text
        given = re.compile(rf"(?:^|[\s*(]){text} = ([^=].*)")
        at = next((number for number in range(len(way) - 1, -1, -1) if given.search(way[number].text)), -1)
        if at >= 0:
            found = given.search(way[at].text)
            if found is None or way[at].branch:
                return text
            value, way = found[1].rstrip(";"), way[:at]
        elif text in names:
            return text
        else:
            value, way = _before(flow, site, given), ()
        if not value:
            return text
        text = value
    return _bare(text)


def _before(flow: FunctionFlow, site: CallSite, given: re.Pattern[str]) -> str:
    """Return what a variable was given in front of the call, empty where that is not known."""
    if flow.comes_back(site):
        return ""
    before = [one for one in flow.before(site) if given.search(one.text)]
    behind = {(one.line, one.text) for route in flow.paths_after(site) for one in route.statements
              if given.search(one.text)}
    if not before or len(before) + len(behind) != sum(given.search(text) is not None for text in flow.texts()):
        return ""
    found = given.search(before[-1].text)
    return found[1].rstrip(";") if found else ""


def _bare(text: str) -> str:
    text = text.strip()
    while is_bracketed(text):
        text = text[1:-1].strip()
    return _CAST.sub("", text, count=1) if _CAST.match(text) else text

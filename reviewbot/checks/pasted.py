"""Which header of an architecture makes a name out of parts by a macro, so that none spells it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import decode

__all__ = ["made_beside", "pasted_in"]

_MACRO = regex(r"^[ \t]*#[ \t]*define[ \t]+(\w+)\(([\w\s,]*)\)((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
_RETURNS = regex(r"\breturn\s+(\w+\s*\(|\w+\s*;)")


def pasted_in(tree: Tree, arch: str, name: str) -> str:
    """Return the header of the architecture that invokes a macro whose `##` gives the name, "" when none does."""
    folder = f"arch/{arch}/include"
    bare = name.strip("_")
    paths = {f"{folder}/asm/set_memory.h", *tree.search([bare], prefixes=(folder,), suffixes=(".h",))}
    return next((path for path in sorted(paths) if _makes(decode(tree.read(path) or b""), name)), "")


def made_beside(tree: Tree, header: str, name: str) -> str:
    """Return the name that the same line of the header defines beside this one, as a function that does the same: all
    of the macro's functions hand on what one and the same function returns. "" where there is none."""
    text = decode(tree.read(header) or b"")
    for invocation, body in _invocations(text):
        works = set(_RETURNS.findall(body))
        if len(works) == 1 and name != invocation and _made(invocation, body, name):
            return invocation
    return ""


def _invocations(text: str) -> Iterator[tuple[str, str]]:
    """Yield the first argument of each line that invokes a macro that pastes names, and what it makes of it."""
    for macro, parameters, body in (found.groups("") for found in _MACRO.finditer(text)):
        names = [one.strip() for one in parameters.split(",")]
        for hit in re.finditer(rf"^[ \t]*{macro}\(([^()\n]*)", text, re.MULTILINE) if "##" in body else ():
            given = dict(zip(names, (one.strip() for one in hit[1].split(",")), strict=False))
            made = "".join(given.get(str(part), str(part)) for part in re.split(r"(\w+)", body))
            yield given.get(names[0], ""), "".join(part.strip() for part in made.split("##"))


def _made(invocation: str, body: str, name: str) -> bool:
    """Return whether the body defines both names as functions."""
    return all(re.search(rf"\bint\s+{re.escape(one)}\s*\(", body) for one in (invocation, name) if one) and bool(
        invocation)


def _makes(text: str, name: str) -> bool:
    word = re.compile(rf"\b{re.escape(name)}\b")
    return "##" in text and any(word.search(body) for _, body in _invocations(text))

"""Which header of an architecture makes a name out of parts by a macro, so that none spells it."""

from __future__ import annotations

import re

from reviewbot.source.types import Tree
from reviewbot.text import decode

__all__ = ["pasted_in"]

_MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)\(([\w\s,]*)\)((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)


def pasted_in(tree: Tree, arch: str, name: str) -> str:
    """Return the header of the architecture that invokes a macro whose `##` gives the name, "" when none does."""
    folder = f"arch/{arch}/include"
    bare = name.strip("_")
    paths = {f"{folder}/asm/set_memory.h", *tree.search([bare], prefixes=(folder,), suffixes=(".h",))}
    return next((path for path in sorted(paths) if _makes(decode(tree.read(path) or b""), name)), "")


def _makes(text: str, name: str) -> bool:
    if "##" not in text:
        return False
    for macro, parameters, body in (found.groups("") for found in _MACRO.finditer(text)):
        if "##" not in body:
            continue
        names = [one.strip() for one in parameters.split(",")]
        for hit in re.finditer(rf"^[ \t]*{macro}\(([^()\n]*)", text, re.MULTILINE):
            given = dict(zip(names, (one.strip() for one in hit[1].split(",")), strict=False))
            made = "".join(given.get(str(part), str(part)) for part in re.split(r"(\w+)", body))
            if re.search(rf"\b{re.escape(name)}\b", "".join(part.strip() for part in made.split("##"))):
                return True
    return False

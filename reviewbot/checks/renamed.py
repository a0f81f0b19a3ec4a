"""Which functions a patch gives another name and leaves as they are: a question under its new name is no other one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import lru_cache

from reviewbot.cfacts import functions_of, squash_c
from reviewbot.checks.changed_names import is_kernel_code
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile, PatchState

__all__ = ["renamed_functions"]

_WORD = regex(rb"[A-Za-z_]\w*")


def renamed_functions(state: PatchState, names: Set[str]) -> Mapping[str, str]:
    """Return those of the names that the patch replaces by another one, with that one: wherever a touched file defined
    the function, it defines the other one with the same text, and the other one was not there before."""
    files = [file for file in state.files if file.path.endswith((".c", ".h")) and is_kernel_code(file.path)]
    found: dict[str, set[str]] = {}
    for file in files:
        for name in sorted(names):
            for body in _bodies(file.before, name):
                found.setdefault(name, set()).add(_heir(file, name, body) if file.whole else "")
    return {name: heir for name, heirs in found.items() for heir in heirs
            if len(heirs) == 1 and heir and not any(
                re.search(rb"\b%s\b" % heir.encode(), file.before or b"") or _bodies(file.after, name)
                for file in files)}


def _heir(file: PatchedFile, name: str, body: str) -> str:
    """Return the function that has the text after the patch, empty where there is none or more than one."""
    heirs = {other for other, bodies in _defined(file.after or b"").items() if other != name and body in bodies}
    return heirs.pop() if len(heirs) == 1 else ""


def _bodies(data: bytes | None, name: str) -> frozenset[str]:
    return _defined(data).get(name, frozenset()) if data and name.encode() in data else frozenset()


@lru_cache(maxsize=32)
def _defined(data: bytes) -> Mapping[str, frozenset[str]]:
    """Return the text of each definition of a function by its name, with a blank for the name itself."""
    lines = data.split(b"\n")
    found: dict[str, set[str]] = {}
    for one in functions_of(data):
        name, text = one.name.encode(), b"\n".join(lines[one.span.line - 1:one.span.end_line])
        found.setdefault(one.name, set()).add(squash_c(_WORD.sub(
            lambda word, name=name: b"_" if word[0] == name else word[0], text)))  # type: ignore[misc]
    return {name: frozenset(texts) for name, texts in found.items() if name}

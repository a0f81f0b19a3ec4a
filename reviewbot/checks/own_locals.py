"""Variables of a function's own: under which `#if` conditions they stand, and are used, before and after a patch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from reviewbot.cfacts import functions_of
from reviewbot.cfacts.types import Function
from reviewbot.checks.changed_names import text_of
from reviewbot.checks.own_statics import Static
from reviewbot.kconfig.sightings import SourceText
from reviewbot.logic import FALSE, And, Not, Or
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile
from reviewbot.text import places_of

__all__ = ["unused_locals"]

# `int rv;`, `struct page *page = NULL, **pages;`: no call, no attribute, nothing that a macro could declare.
_DECLARED = regex(
    rb"(?<=[;{}\n])[ \t]*(?!(?:return|goto|else|case|typedef|extern|static|do|sizeof|asm)\b)"
    rb"(?:(?:const|struct|union|enum|unsigned|signed|long|short)[ \t]+){0,3}[A-Za-z_]\w*(?:[ \t]+|[ \t]*\*{1,4}[ \t]*)"
    rb"(\*{0,4}[A-Za-z_]\w*(?:\[\w{0,40}\])?(?:[ \t]*=[ \t]*[\w&*>.\-]{1,80})?"
    rb"(?:,[ \t]*\*{0,4}[A-Za-z_]\w*(?:\[\w{0,40}\])?(?:[ \t]*=[ \t]*[\w&*>.\-]{1,80})?){0,12});")
_NAME = regex(rb"(?:^|,)[ \t]*\**([A-Za-z_]\w*)")
_MOST = 200  # variables of a function
_BY_NAME = regex(rb"^[ \t]*#[ \t]*define\b(?:[^\n\\]|\\\n)*", re.MULTILINE)


def unused_locals(file: PatchedFile) -> Iterator[tuple[Static, str]]:
    """Yield variables, and their functions' names, that no code uses in some cases in which the patch leaves them
    declared. One that is given a value and never read counts as used, as compilers have it by default."""
    before = dict(_unused(file.old_path, file.before or b""))
    for key, one in _unused(file.path, file.after or b""):
        old = before[key].condition if key in before else FALSE
        condition = And(one.condition, Not(old)) if one.condition != old else FALSE
        if condition != FALSE:
            yield Static(name=one.name, line=one.line, condition=condition), key[0]


@lru_cache(maxsize=64)
def _unused(path: str, data: bytes) -> tuple[tuple[tuple[str, str], Static], ...]:
    """Return the variables that some `#if` leaves unused, by function and name."""
    text = text_of(path, data)
    if not text.conditions.arms:
        return ()
    by_macros = b"\n".join(found[0] for found in _BY_NAME.finditer(text.text))
    functions = functions_of(data)
    once = Counter(one.name for one in functions)
    return tuple(((one.name, found.name), found) for one in functions if one.name and once[one.name] == 1
                 for found in _unused_in(text, one, by_macros))


def _unused_in(text: SourceText, function: Function, by_macros: bytes) -> Iterator[Static]:
    begin, end = text.lines.start(function.body.line), text.lines.start(function.body.end_line + 1)
    body = text.text[begin:end]
    if b"\n#" not in body and b"\n #" not in body:
        return
    declared: dict[bytes, list[int]] = {}
    for found in (match for match in _DECLARED.finditer(body) if b"_unused" not in match[0]):
        for one in _NAME.finditer(found[1]):
            declared.setdefault(one[1], []).append(found.start(1) + one.start(1))
    for name, places in list(declared.items())[:_MOST]:
        if len(places) > 1 or next(places_of(name, by_macros), None) is not None:
            continue
        used = [text.conditions.at_offset(begin + at) for at in places_of(name, body) if at != places[0]]
        if not used:
            continue  # everybody who builds it sees that; or it is a member of a structure
        there = text.conditions.at_offset(begin + places[0])
        unused = And(there, Not(Or(*used))) if there not in used else FALSE
        if unused != FALSE and all(variable.startswith("CONFIG_") for variable in unused.variables()):
            yield Static(name=name.decode(), line=text.lines.line(begin + places[0]), condition=unused)

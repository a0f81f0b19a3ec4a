"""Variables that headers declare: where, under which conditions, who uses them, and which C file has them.

Accepted: kernel C. A declaration is one line, `extern TYPE name;`; what macros declare is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reviewbot.checks.changed_names import Use, is_kernel_code, text_of
from reviewbot.logic import FALSE, And, Cond, Not, Or
from reviewbot.patterns import regex
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import places_of
from reviewbot.values import dataclass

__all__ = ["Extern", "Variable", "declared_at", "defined_at", "externs", "is_spelled_out", "lost_externs", "mentions",
           "new_externs", "used_within", "uses_of_variable"]

_TAIL = rb"[ \t]*(?:\[[^\]\n]*\][ \t]*)*(?:__\w+(?:\([^()\n]*\))?[ \t]*)*;"
_EXTERN = regex(rb"^[ \t]*extern[ \t]+(?:[\w]+[ \t*]+)+(?:__\w+[ \t]+)*(\w+)" + _TAIL, re.MULTILINE)
_MOST_USES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Extern:
    """One line that declares a variable, and its `#if` nest."""

    name: str
    line: int
    condition: Cond
    array: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable that the header `file` declares on fewer occasions than before (`hidden`), or first of all."""

    name: str
    file: str
    line: int
    hidden: Cond
    old: bool


@lru_cache(maxsize=256)
def externs(path: str, data: bytes) -> tuple[Extern, ...]:
    """Return the variables that a header declares."""
    if b"extern" not in data:
        return ()
    text = text_of(path, data)
    return tuple(Extern(name=found[1].decode(), line=text.lines.line(found.start(1)),
                        condition=text.conditions.at_offset(found.start(1)), array=b"[" in found[0])
                 for found in _EXTERN.finditer(text.text))


def lost_externs(file: PatchedFile) -> Iterator[Variable]:
    """Yield the variables that a wholly known header declares on fewer occasions after the patch."""
    if not file.whole or file.before is None or not file.old_path.endswith(".h") or not is_kernel_code(file.old_path):
        return
    before, after = externs(file.old_path, file.before), externs(file.path, file.after or b"")
    for name in dict.fromkeys(one.name for one in before):
        old, new = (Or(*(one.condition for one in those if one.name == name)) for those in (before, after))
        if old == new:
            continue
        lost = And(old, Not(new))
        if lost != FALSE:
            line = next((one.line for one in before if one.name == name and file.line_map.to_new(one.line) is None),
                        next(one.line for one in before if one.name == name))
            yield Variable(name=name, file=file.old_path, line=line, hidden=lost, old=True)


def new_externs(file: PatchedFile) -> Iterator[Variable]:
    """Yield the variables that the patch lets a header declare first of all."""
    if not file.whole or file.after is None or not file.path.endswith(".h") or not is_kernel_code(file.path):
        return
    known = {one.name for one in externs(file.old_path, file.before or b"")}
    for one in externs(file.path, file.after):
        if one.line in file.added and one.name not in known and not one.array:  # a linker script or assembly has these
            yield Variable(name=one.name, file=file.path, line=one.line, hidden=one.condition, old=False)


def declared_at(path: str, data: bytes, name: str) -> Cond:
    """Return under which `#if` conditions the file has the name in a way that lets code use it: a declaration, a
    definition, a macro, or anything that is no plain use."""
    text = text_of(path, data)
    found = [FALSE]
    for at in places_of(name.encode(), text.text):
        begin = text.text.rfind(b"\n", 0, at) + 1
        inside = text.text.rfind(b"\n{", 0, at) > text.text.rfind(b"\n}", 0, at)
        if not inside or text.text[begin:begin + 1] not in {b"\t", b" ", b"}"}:
            found.append(text.conditions.at_offset(at))
    return Or(*found)


def uses_of_variable(tree: Tree, name: str, path: str) -> tuple[Use, ...]:
    """Return the lines of a C file that use the variable; () where the file has something else of that name."""
    data = tree.read(path) or b""
    text, word, found = text_of(path, data), name.encode(), []
    for at in places_of(word, text.text):
        begin, end = text.text.rfind(b"\n", 0, at) + 1, at + len(word)
        head, tail = text.text[begin:at], text.text[end:end + 8].lstrip()
        if head[:1] not in {b"\t", b" "} or re.search(rb"(?:->|\.)\s*$", text.text[max(0, at - 16):at]) \
                or re.match(rb"[ \t]*#", head) or text.continues_directive(begin) or tail[:1] in {b"(", b":"}:
            return ()
        if re.search(rb"^[ \t]+(?:(?:const|unsigned|struct|extern|static)[ \t]+)*\w+[ \t*]+$", head) \
                and not re.match(rb"[ \t]*(?:return|else|goto|case)\b", head):
            return ()  # a local one
        if re.search(rb"\b(?:sizeof|typeof|offsetof)\s*\(?\s*$|[(,]\s*(?:const\s+)?(?:int|bool|long|u\d+|struct\s+\w+)"
                     rb"[\s*]+$", head):
            return ()
        found.append(Use(file=path, line=text.lines.line(at)))
    return tuple(found[:_MOST_USES])


def used_within(path: str, data: bytes, name: str) -> tuple[tuple[int, Cond], ...]:
    """Return the lines of a header's own functions that name the variable, with their `#if` nests."""
    text, found = text_of(path, data), []
    for at in places_of(name.encode(), text.text):
        begin = text.text.rfind(b"\n", 0, at) + 1
        head = text.text[begin:at]
        if text.text.rfind(b"\n{", 0, at) > text.text.rfind(b"\n}", 0, at) and head[:1] in {b"\t", b" "} \
                and not re.search(rb"[\w*][ \t*]+$|(?:->|\.)$|#", head) and not text.continues_directive(begin):
            found.append((text.lines.line(at), text.conditions.at_offset(at)))
    return tuple(found)


def mentions(tree: Tree, name: str, path: str) -> int:
    """Return on how many places the file has the name, comments left out."""
    data = tree.read(path) or b""
    return sum(1 for _ in places_of(name.encode(), text_of(path, data).text))


def is_spelled_out(tree: Tree, name: str, path: str) -> bool:
    """Return whether the file has the name in code alone: in no string, which may be assembly."""
    data = tree.read(path) or b""
    return sum(1 for _ in places_of(name.encode(), data)) == mentions(tree, name, path)


def defined_at(tree: Tree, name: str, path: str) -> Cond | None:
    """Return under which `#if` conditions the C file may define the variable; None where it has it in other ways."""
    data = tree.read(path) or b""
    text, word, found = text_of(path, data), name.encode(), [FALSE]
    for at in places_of(word, text.text):
        begin = text.text.rfind(b"\n", 0, at) + 1
        if text.text[begin:begin + 1] in {b"\t", b" ", b"}"}:
            continue  # in a function
        head = text.text[begin:at]
        if re.match(rb"EXPORT_\w+\(|extern\b", head):
            continue
        if re.match(rb"[ \t]*#|static\b", head):
            return None
        found.append(text.conditions.at_offset(at))
    return Or(*found)

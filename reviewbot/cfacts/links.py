"""Where the address of a function goes: into a parameter, a variable or a table of functions."""

from __future__ import annotations

import re
from typing import Literal

from reviewbot.cfacts.lexer import Lines
from reviewbot.cfacts.types import FileFacts
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Escape", "FileRecord", "escapes_of"]

_REACH = 4000  # bytes of code before a name in which its initialiser or call must begin
_BEFORE = regex(rb"(?<![\w.\]\[>-])([\w.\]\[>-]+)\s*=\s*(?:\([^()]*\)\s*)?&?\s*\Z")
_DECLARED = regex(rb"\(\s*\*\s*(?:const\s+|__\w+\s+)*(\w+)\s*\)\s*\([^()]*\)\s*=\s*&?\s*\Z")
_OBJECT = regex(rb"\bstruct\s+(\w+)\s+(\w+)\b[^;{}()=]*(?:\([^()]*\)[^;{}()=]*)*=\s*\Z")
_LITERAL = regex(rb"\(\s*(?:const\s+)?struct\s+(\w+)\s*\)\s*\Z")
_FIELD = regex(rb"\.\s*(\w+)\s*(?:\[[^\]]*\])?\s*=\s*\Z")
_CALLED = regex(rb"([A-Za-z_]\w*)\s*\Z")
_STEPS = regex(r"\.|->|\[[^\]]*\]")
_SILENT = regex(rb'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Escape:
    """A place where a function is named as a value.

    `argument`: it is (part of) argument `index` of a call of `target`. `variable`: it becomes the value of the pointer
    `target` of `function`. `field`: it becomes the field `path` (dots between) of the object `target` (empty: it has no
    name) of type `struct tag` (empty: not in sight here). `other`: none of these.
    """

    name: str
    line: int
    function: str
    kind: Literal["argument", "variable", "field", "other"]
    target: str = ""
    index: int = 0
    tag: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """The facts of one file, where the addresses of the functions of interest go in it, and which of its functions
    return other calls' results beside theirs."""

    facts: FileFacts
    escapes: tuple[Escape, ...] = ()
    mixed: tuple[str, ...] = ()


def escapes_of(data: bytes, facts: FileFacts) -> tuple[Escape, ...]:
    """Return one `Escape` for each mention of kind `escape`, in order."""
    if all(mention.kind != "escape" for mention in facts.mentions):
        return ()
    lines = Lines(data)
    found = []
    for mention in facts.mentions:
        if mention.kind == "escape":
            offset = lines.start(mention.line) + mention.column - 1
            place = _place(_quiet(data[max(0, offset - _REACH):offset]))
            found.append(Escape(name=mention.name, line=mention.line, function=mention.function, **place))
    return tuple(found)


def _quiet(text: bytes) -> bytes:
    """Return the text with comments and strings blanked, at the same offsets."""
    return _SILENT.sub(lambda found: b" " * len(found.group()), text)


def _place(before: bytes) -> dict:  # type: ignore[type-arg]
    declared = _DECLARED.search(before)
    if declared:
        return {"kind": "variable", "target": _text(declared.group(1))}
    assigned = _BEFORE.search(before)
    if assigned is None:
        return _argument(before)
    left = _text(assigned.group(1))
    if left.startswith("."):
        return _initialiser(before[:assigned.start()], left.strip(".").partition("[")[0])
    steps = [step for step in _STEPS.split(left) if step]
    if len(steps) == 1:
        return {"kind": "variable", "target": steps[0]}
    return {"kind": "field", "target": steps[0], "path": ".".join(steps[1:])}


def _argument(before: bytes) -> dict:  # type: ignore[type-arg]
    opening, commas = _opening(before)
    if opening < 0 or before[opening:opening + 1] != b"(":
        return {"kind": "other"}
    called = _CALLED.search(before[:opening])
    if called is None or called.group(1) in {b"if", b"while", b"switch", b"return", b"sizeof", b"typeof"}:
        return {"kind": "other"}
    return {"kind": "argument", "target": _text(called.group(1)), "index": commas}


def _opening(before: bytes) -> tuple[int, int]:
    """Return the offset of the bracket that is open at the end of the text (-1: none), and the commas behind it."""
    level, commas = 0, 0
    for offset in range(len(before) - 1, -1, -1):
        char = before[offset]
        if char in b")]}":
            level += 1
        elif char in b"([{":
            if level == 0:
                return offset, commas
            level -= 1
        elif level == 0:
            if char in b";":
                return -1, 0
            commas += char in b","
    return -1, 0


def _initialiser(before: bytes, field: str) -> dict:  # type: ignore[type-arg]
    """Return the place of `.field = ` in braces that may stand in braces of other fields."""
    path = [field]
    while True:
        opening, _ = _opening(before)
        if opening < 0 or before[opening:opening + 1] != b"{":
            return {"kind": "other"}
        before = before[:opening]
        outer = _FIELD.search(before)
        if outer is None:
            break
        path.insert(0, _text(outer.group(1)))
        before = before[:outer.start()]
    typed = _OBJECT.search(before)
    literal = _LITERAL.search(before)
    if typed:
        return {"kind": "field", "target": _text(typed.group(2)), "tag": _text(typed.group(1)), "path": ".".join(path)}
    if literal:
        return {"kind": "field", "tag": _text(literal.group(1)), "path": ".".join(path)}
    return {"kind": "other"}


def _text(data: bytes) -> str:
    return data.decode("latin-1")

"""What a patch would make a file define twice: functions, their variables, macros, types, Kconfig entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewbot.patterns import regex
from reviewbot.source.alignment import heading_name

__all__ = ["ENTRY", "definitions", "doubled", "may_double"]

_MACRO = regex(rb"#\s*define\s+(\w+)")
_UNDEF = regex(rb"#\s*undef\s+(\w+)")
_TYPE = regex(rb"(?:(?:struct|union|enum)\s+(\w+)\s*\{)")
_FUNCTION = regex(rb"(?!typedef\b|else\b|return\b|if\b|EXPORT_|MODULE_)[A-Za-z_][\w\s*]*?\b(\w+)\s*\([^;=]*$")
_LOCAL = regex(rb"\t(?!return\b|goto\b|else\b|typedef\b)(?:(?:const|static|unsigned|struct|enum|union|long)\s+)*"
               rb"\w+\s+\**\w+(?:\[\w*\])?(?:\s*=[^;]*)?;\s*$")
ENTRY = regex(rb"(?:menu)?config\s+(\w+)\s*$")
"""The line that begins a Kconfig entry: here, because `reviewbot.kconfig.lines` stands to the right of this room."""

_HEAD = 12  # lines that the head of a function may have
_LONGEST = 300  # bytes of a line that may begin a definition

Name = tuple[str, bytes, tuple[bytes, ...]]
"""What is defined, how it is called, and the conditions of the preprocessor around it."""


def may_double(added: Iterable[bytes], content: bytes) -> bool:
    """Return whether some of the lines may define what is named in the content: a quick look before the full one."""
    return any(name in content for line in added if (name := _name(line)))


def _name(line: bytes) -> bytes:
    if _is_local(line):
        return line.strip()
    if not _begins(line):
        return b""
    found = _MACRO.match(line) or ENTRY.match(line) or _TYPE.match(line)
    if found:
        return bytes(found[1])
    return heading_name(line) if _FUNCTION.match(line) else b""


def _begins(line: bytes) -> bool:
    return line[:1] not in {b"", b" ", b"\t", b"}", b"{", b"/"} and len(line) <= _LONGEST


def _is_local(line: bytes) -> bool:
    """Return whether the line declares a variable of a function, or a member of a type, in its outermost block."""
    return line[:1] == b"\t" and line[1:2] != b"\t" and len(line) <= _LONGEST and bool(_LOCAL.match(line))


def definitions(lines: Sequence[bytes]) -> dict[Name, list[int]]:
    """Return where (0-based) the file defines what, those macros left out that it also undefines."""
    found: dict[Name, list[int]] = {}
    around: list[bytes] = []
    undefined: set[bytes] = set()
    owner = b""
    for number, line in enumerate(lines):
        if not _begins(line):
            if line[:1] == b"}":
                owner = b""
            elif owner and _is_local(line):
                found.setdefault(("local", owner + b": " + b" ".join(line.split()), tuple(around)), []).append(number)
            continue
        if line.startswith(b"#"):
            _conditions(line, around)
            macro, gone = _MACRO.match(line), _UNDEF.match(line)
            if gone:
                undefined.add(gone[1])
            if macro:
                found.setdefault(("macro", macro[1], tuple(around)), []).append(number)
            continue
        entry, kind = ENTRY.match(line), _TYPE.match(line)
        if entry:
            found.setdefault(("entry", entry[1], tuple(around)), []).append(number)
        elif kind:
            owner = kind[1]
            found.setdefault(("type", kind[1], tuple(around)), []).append(number)
        elif _FUNCTION.match(line) and _has_body(lines, number):
            name = owner = heading_name(line)
            if not name.isupper():  # SYSCALL_DEFINE3() and the like stand as often as they are used
                found.setdefault(("function", name, tuple(around)), []).append(number)
    return {name: places for name, places in found.items() if not (name[0] == "macro" and name[1] in undefined)}


def _conditions(line: bytes, around: list[bytes]) -> None:
    word = b" ".join(line[1:].split())
    if word.startswith(b"if"):
        around.append(word)
    elif word.startswith((b"else", b"elif")) and around:
        around[-1] += b" " + word
    elif word.startswith(b"endif") and around:
        around.pop()


def _has_body(lines: Sequence[bytes], head: int) -> bool:
    for line in lines[head:head + _HEAD]:
        brace, end = line.find(b"{"), line.find(b";")
        if brace >= 0:
            return end < 0 or brace < end
        if end >= 0 or line.startswith(b"#"):
            return False
    return False


def doubled(before: Sequence[bytes], after: Sequence[bytes]) -> tuple[int, ...]:
    """Return the lines after (0-based) at which stands what the file defined before too, and now does once more."""
    had = definitions(before)
    return tuple(sorted(place for name, places in definitions(after).items()
                        if name in had and len(places) > len(had[name]) for place in places))

"""Calls through tables of functions: which `object.field()` and `pointer->field()` a known assignment reaches."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reviewbot.cfacts.lexer import Lines
from reviewbot.patterns import regex
from reviewbot.values import dataclass

__all__ = ["Table", "table_sites"]

_SILENT = regex(rb'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)
_OWNER = regex(rb"(?<!\w)([A-Za-z_]\w*)((?:\s*(?:\.|->)\s*\w+|\s*\[\w*\])*)\s*\Z")
_REACH = 160  # bytes before a field in which the expression it belongs to begins
Site = tuple[tuple[int, int], str, str]
"""Where the called expression begins (line, column), the name it begins with, and its text without blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A field that a function of interest was assigned to, in `file`: `path` of the object `target` (may be empty)
    of type `struct tag` (may be empty)."""

    target: str
    tag: str
    path: str
    file: str

    @property
    def field(self) -> str:
        """Return the last field's name."""
        return self.path.rpartition(".")[2]


def table_sites(table: Table, texts: Mapping[str, bytes]) -> dict[str, list[Site]]:
    """Return the calls in these files that reach the table, by path.

    A call does when it names the object and the whole path; when it goes through a variable that the file declares with
    the table's type; or when only one structure among the files has a function pointer of that name.
    """
    field = table.field.encode()
    called = re.compile(rb"(?:\.|->)\s*" + field + rb"\s*\(")
    member = re.compile(rb"\(\s*\*\s*" + field + rb"\s*\)\s*\(")
    declared = sum(len(member.findall(text)) for text in texts.values())
    sites: dict[str, list[Site]] = {}
    for path, text in sorted(texts.items()):
        if not called.search(text):
            continue
        plain = _SILENT.sub(lambda found: re.sub(rb"[^\n]", b" ", found.group()), text)
        lines = Lines(text)
        for found in called.finditer(plain):
            first = max(0, found.start() - _REACH)
            owner = _OWNER.search(plain, first, found.start())
            if owner is None:
                continue
            middle = [step.decode("latin-1") for step in re.findall(rb"\w+", owner.group(2))]
            base = owner.group(1).decode("latin-1")
            if _reaches(table, base, middle, plain, unique=declared == 1):
                offset = owner.start(1)
                label = re.sub(rb"\s", b"", plain[offset:found.end() - 1]).decode("latin-1")
                sites.setdefault(path, []).append(((lines.line(offset), lines.column(offset)), base, label))
    return sites


def _reaches(table: Table, base: str, middle: list[str], text: bytes, *, unique: bool) -> bool:
    path = ".".join([*middle, table.field])
    if base == table.target and path == table.path:
        return True
    if not table.tag:
        return False
    if not middle and table.path == table.field:
        kind, name = table.tag.encode(), base.encode()
        declared = rb"\bstruct\s+" + kind + rb"\s*(?:const\s*)?\*?\s*(?:const\s+|__\w+\s+)*" + name
        if re.search(declared + rb"\b", text):
            return True
    return unique and table.path == table.field

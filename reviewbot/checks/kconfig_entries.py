"""Lines of Kconfig files that give a symbol its value: `select X`, and what an entry says of itself.

Accepted: one Kconfig file as kernels write them: entries in the first column, their lines indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename

from reviewbot.checks.arches import own_arch
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["Supply", "is_kconfig", "set_by", "supplies"]

_ENTRY = re.compile(r"(?:menu)?config[ \t]+(\w+)")
_OUTER = re.compile(r"(?:choice|comment|menu|source|mainmenu|if|endif|endmenu|endchoice|config|menuconfig)\b")
_SELECT = re.compile(r"[ \t]+(?:select|imply)[ \t]+(\w+)(?:[ \t]+if[ \t]+(?P<when>[^#]*))?")
_GIVES = re.compile(r"[ \t]+(?:def_bool|default)[ \t]+(?P<value>\S+)(?:[ \t]+if[ \t]+(?P<when>[^#]*))?")
_NAMES = ("Kconfig", "Kconfig.debug")
_PROMPT = re.compile(r"[ \t]+(?:bool|tristate|prompt)[ \t]+[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A line by which a symbol is set; `always`: with no condition on the line itself, which is `select X` or y; `when`
    is the condition.

    `gives` is false for the head of an entry alone, `config X`: it is there so that others can select it.
    """

    symbol: str
    file: str
    line: int
    text: str
    always: bool
    gives: bool = True
    when: str = ""


def is_kconfig(path: str) -> bool:
    """Return whether the file is one of Kconfig."""
    return basename(path).startswith("Kconfig")


def supplies(file: PatchedFile, *, old: bool) -> Iterator[Supply]:
    """Yield the lines that a patch removes (`old`) or adds and by which symbols are set."""
    changed, path = (file.removed, file.old_path) if old else (file.added, file.path)
    yield from (one for one in _read(path, (file.before if old else file.after) or b"") if one.line in changed)


def set_by(tree: Tree, symbol: str, arch: str) -> tuple[Supply, ...]:
    """Return the lines by which the symbol is set in generic Kconfig files and in those of the architecture."""
    paths = tree.search((symbol,), suffixes=_NAMES)
    return tuple(one for path in paths if own_arch(path) in {"", arch}
                 for one in _read(path, tree.read(path) or b"") if one.symbol == symbol and one.gives)


@lru_cache(maxsize=64)
def _read(path: str, data: bytes) -> tuple[Supply, ...]:
    entry, found = "", []
    for number, line in enumerate(decode(data).splitlines(), 1):
        head, select, gives = _ENTRY.match(line), _SELECT.match(line), _GIVES.match(line)
        if head:
            entry = head[1]
            found.append(Supply(symbol=entry, file=path, line=number, text=line.strip(), always=False, gives=False))
        elif _OUTER.match(line):
            entry = ""
        elif select:
            found.append(Supply(symbol=select[1], file=path, line=number, text=line.strip(),
                                always=select["when"] is None, when=(select["when"] or "").strip()))
        elif entry and (gives or _PROMPT.match(line)):
            found.append(Supply(symbol=entry, file=path, line=number, text=line.strip(),
                                always=bool(gives and gives["value"] == "y" and gives["when"] is None),
                                when=((gives and gives["when"]) or "").strip()))
    return tuple(found)

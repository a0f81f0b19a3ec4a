"""Lines of Kconfig files that give a symbol its value: `select X`, and what an entry says of itself.

Accepted: one Kconfig file as kernels write them: entries in the first column, their lines indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from reviewbot.checks.arches import own_arch
from reviewbot.kconfig.lines import GIVES, OUTER, read_line
from reviewbot.kconfig.naming import files_naming
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["Supply", "set_by", "supplies"]

_PROMPTS = frozenset({"bool", "tristate", "prompt"})
_VALUES = frozenset({"def_bool", "default"})


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


def supplies(file: PatchedFile, *, old: bool) -> Iterator[Supply]:
    """Yield the lines that a patch removes (`old`) or adds and by which symbols are set."""
    changed, path = (file.removed, file.old_path) if old else (file.added, file.path)
    yield from (one for one in _read(path, (file.before if old else file.after) or b"") if one.line in changed)


def set_by(tree: Tree, symbol: str, arch: str) -> tuple[Supply, ...]:
    """Return the lines by which the symbol is set in generic Kconfig files and in those of the architecture."""
    paths = files_naming(tree, (symbol,))
    return tuple(one for path in paths if own_arch(path) in {"", arch}
                 for one in _read(path, tree.read(path) or b"") if one.symbol == symbol and one.gives)


@lru_cache(maxsize=64)
def _read(path: str, data: bytes) -> tuple[Supply, ...]:
    entry, found = "", []
    for number, line in enumerate(decode(data).splitlines(), 1):
        said = read_line(line)
        if said is None:
            continue
        given = said.gives() if said.indented else None
        if given is None and said.indented and said.word in GIVES and line.endswith("\\"):
            begun = read_line(line.rstrip("\\ \t"))  # its condition stands on the next line
            given = begun.gives() if begun is not None else None
        if not said.indented and said.word in OUTER:
            name = re.match(r"\w+", said.rest) if said.is_entry else None
            entry = name[0] if name else ""
            if entry:
                found.append(Supply(symbol=entry, file=path, line=number, text=line.strip(), always=False, gives=False))
        elif given is not None:
            found.append(Supply(symbol=given[0], file=path, line=number, text=line.strip(), always=not given[1],
                                when=given[1]))
        elif entry and said.indented and (said.word in _VALUES or (
                said.word in _PROMPTS and said.rest[:1] in {'"', "'"})):
            value, when = said.value() if said.word in _VALUES else ("", None)
            found.append(Supply(symbol=entry, file=path, line=number, text=line.strip(),
                                always=value == "y" and when is None, when=when or ""))
    return tuple(found)

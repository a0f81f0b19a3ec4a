"""Options of Kconfig files as a person sees them: with their prompts, and what their own lines ask for.

Accepted: Kconfig files as kernels write them: entries in the first column, their lines indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from reviewbot.kconfig.lines import read_line
from reviewbot.kconfig.naming import files_naming
from reviewbot.patterns import regex
from reviewbot.source.types import Tree
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["Option", "options_asking", "options_in"]

_TYPES = frozenset({"bool", "tristate", "prompt"})
_SYMBOL = regex(r"\b[A-Z0-9][A-Z0-9_]{2,}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One entry: its prompt ("" for a symbol that nobody is asked for), and its `depends on` lines with
    the symbols that they name."""

    name: str
    file: str
    line: int
    prompt: str
    asks: tuple[tuple[int, frozenset[str]], ...]

    @property
    def asked(self) -> frozenset[str]:
        """Return all symbols that its own lines ask for."""
        return frozenset().union(*(symbols for _, symbols in self.asks))


def options_asking(tree: Tree, symbols: Iterable[str]) -> tuple[Option, ...]:
    """Return the entries of the tree's Kconfig files that ask for one of the symbols in their own lines, or are one."""
    wanted = frozenset(symbols)
    every = (option for path in files_naming(tree, wanted)
             for option in options_in(path, tree.read(path) or b""))
    return tuple(option for option in every if option.name in wanted or option.asked & wanted)


@lru_cache(maxsize=64)
def options_in(path: str, data: bytes) -> tuple[Option, ...]:
    """Return the entries of a whole Kconfig file, in its order."""
    found: list[Option] = []
    name, start, prompt, asks = "", 0, "", list[tuple[int, frozenset[str]]]()

    def close() -> None:
        if name:
            found.append(Option(name=name, file=path, line=start, prompt=prompt, asks=tuple(asks)))

    help_text = False
    for number, line in enumerate(decode(data).splitlines(), 1):
        said = read_line(line)
        if line[:1] not in {"", " ", "\t", "#"}:
            close()
            name, start, prompt, asks, help_text = "", number, "", [], False
            if said is not None and said.is_entry:
                name = re.split(r"\W", said.rest, maxsplit=1)[0]
        elif said is None or not name or help_text:
            continue
        elif said.word == "help":
            help_text = True
        elif said.word == "depends on":
            asks.append((number, frozenset(_SYMBOL.findall(said.rest))))
        elif said.word in _TYPES and said.rest[:1] in {'"', "'"}:
            prompt = said.rest[1:].partition(said.rest[0])[0]
    close()
    return tuple(found)

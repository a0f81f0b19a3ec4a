"""Single lines of Kconfig files, where a patch shows lines and no parser can have the file. Nobody else reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.patterns import regex
from reviewbot.text import squash
from reviewbot.values import dataclass

__all__ = ["GIVES", "OUTER", "KconfigSaid", "decides", "entries_in", "entry_named", "is_kconfig", "read_line",
           "says_the_default", "selected"]

OUTER = frozenset({"choice", "comment", "config", "endchoice", "endif", "endmenu", "if", "mainmenu", "menu",
                   "menuconfig", "source"})
"""Words that begin something of their own, and end the entry before them."""

GIVES = frozenset({"select", "imply"})
"""Words with which one entry sets another one's symbol."""

_SHOWN = frozenset({"comment", "help", "mainmenu", "prompt"})
"""Words of what is shown to people: what is built does not hang on it."""

_LINE = regex(r"(?P<indent>[ \t]*)(?P<word>depends[ \t]+on|visible[ \t]+if|(?:end)?(?:choice|menu|if)|config"
              r"|menuconfig|comment|mainmenu|source|select|imply|(?:def_)?(?:bool|tristate|int|hex|string)|default|prompt|range"
              r"|help|modules|option(?:al)?)\b(?![.,:;)-])(?P<rest>[^\r\n]*)")
_ENTRY = regex(r"[ \t]*(?:menu)?config[ \t]+(\w+)[ \t]*(?:#.*)?")
_GIVEN = regex(r"(\w+)(?:[ \t]+if[ \t]+(.+))?")
_IF = regex(r"(?<![ \t])[ \t]+if[ \t]+")
_ENTRY_BEGINS = regex(rb"^[ \t]*(?:menu)?config[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KconfigSaid:
    """What one line says by itself: its `word` (`config`, `depends on`, `select` ...), the `rest` behind it without the
    comment, and whether it stands further in than the first column."""

    word: str
    rest: str
    indented: bool

    @property
    def is_entry(self) -> bool:
        """Return whether the line begins an entry, `config X`; the name need not be all that follows."""
        return self.word in {"config", "menuconfig"} and re.match(r"\w", self.rest) is not None

    def gives(self) -> tuple[str, str] | None:
        """Return the symbol of a `select` or `imply` and the condition behind its `if` (empty: always), None for any
        other line and for one that is not so made."""
        found = _GIVEN.fullmatch(self.rest) if self.word in GIVES else None
        return (found[1], (found[2] or "").strip()) if found else None

    @property
    def sets(self) -> str:
        """Return the symbol of a `select` or `imply`, whatever stands behind it, empty for any other line."""
        found = re.match(r"\w+", self.rest) if self.word in GIVES else None
        return found[0] if found else ""

    def value(self) -> tuple[str, str | None]:
        """Return the value of a `default` or `def_bool` and the condition behind its `if`, None without one."""
        value, *condition = _IF.split(self.rest, maxsplit=1)
        return value, condition[0] if condition else None


def read_line(line: str) -> KconfigSaid | None:
    """Return what a line of a Kconfig file says, None for one that begins with no word of the language.

    A line of a help text may begin with one too: only the lines above it could tell.
    """
    found = _LINE.match(line)
    if found is None:
        return None
    return KconfigSaid(word=" ".join(found["word"].split()), rest=found["rest"].partition("#")[0].strip(),
                       indented=bool(found["indent"]))


def decides(line: str) -> bool:
    """Return whether the line can decide what is built: it begins with a word of the language that is not for texts."""
    said = read_line(line)
    return said is not None and said.word not in _SHOWN


def says_the_default(lines: Sequence[str], number: int) -> bool:
    """Return whether the line with this number only says `default n`, as is so without it: where its entry has no other
    default, and nothing around it makes one."""
    if squash(lines[number - 1].partition("#")[0]) != "default n":
        return False
    first, last = number - 1, number
    while first > 0 and not _begins(lines[first]):
        first -= 1
    while last < len(lines) and not _begins(lines[last]):
        last += 1
    words = [said.word for line in lines[first:last] if (said := read_line(line)) is not None]
    return words.count("default") == 1 and not any(word.startswith("def_") for word in words)


def _begins(line: str) -> bool:
    said = read_line(line)
    return said is not None and not said.indented


def is_kconfig(path: str) -> bool:
    """Return whether a file of that name holds Kconfig."""
    return path.rsplit("/", 1)[-1].startswith("Kconfig")


def entry_named(line: str) -> str:
    """Return the symbol whose entry the line `config X` or `menuconfig X` begins, empty for any other line."""
    found = _ENTRY.fullmatch(line)
    return found[1] if found else ""


def entries_in(data: bytes) -> Iterator[str]:
    """Yield the symbols whose entries the lines of a whole file begin."""
    return (found[1].decode("latin-1") for found in _ENTRY_BEGINS.finditer(data))


def selected(line: str) -> tuple[str, str] | None:
    """Return the symbol that the line selects and the condition behind its `if` (empty: always), None for others."""
    said = read_line(line)
    return said.gives() if said is not None and said.word == "select" and said.indented else None

"""Whether what a patch changes of a Kconfig file decides about code of the family."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from reviewbot.checks.bearing import is_mapping_option
from reviewbot.kconfig import SOURCE_FOLDERS
from reviewbot.kconfig.lines import GIVES, OUTER, is_kconfig, read_line
from reviewbot.patterns import regex
from reviewbot.source.matcher import strings_in
from reviewbot.source.types import PatchedFile, Tree
from reviewbot.text import decode

__all__ = ["decides_about"]

_MOST_SYMBOLS = 40
_MOST_FILES = 400
_MOST_GIVEN = 40
_MAKEFILES = frozenset({"Makefile", "Kbuild"})
_ARCH = regex(r"arch/\w+/Kconfig")
_IF = regex(r"[ \t]*#[ \t]*(if|endif)")
_HEAD = regex(r"^#[ \t]*define[ \t]+(\w+)|^(?!#)\w[\w \t*]*?\b(\w+)\(")
_SHOWN = frozenset({"comment", "endmenu", "help", "mainmenu", "menu", "source"})
"""Words of lines that decide nothing of the options that there are."""
_MADE = regex(r"([\w./+-]+)(?:\.o\b|/(?=\s|$))")


def decides_about(file: PatchedFile, tree: Tree, names: frozenset[str]) -> bool:
    """Return whether an option on the changed lines of a Kconfig file is one of the subject, or one that builds or
    stands in a file which has one of the `names`, or in a header that gives such a file something; also where the
    lines do not tell the option.
    """
    if not is_kconfig(file.path):
        return False
    symbols: set[str] = set()
    for symbol in _symbols(file):
        if not symbol or is_mapping_option(symbol):
            return True
        symbols.add(symbol)
        if len(symbols) > _MOST_SYMBOLS:
            return True
    return bool(symbols) and _is_met(tree, symbols, names)


def _symbols(file: PatchedFile) -> Iterator[str]:
    """Yield the options that changed lines define, give or are about; an empty one where a line does not tell."""
    for data, lines in ((file.before, file.removed), (file.after, file.added)):
        entry, helps = "", -1
        for number, row in enumerate(decode(data or b"").splitlines(), 1):
            indent = len(row.expandtabs()) - len(row.expandtabs().lstrip())
            if helps >= 0 and (not row.strip() or indent > helps):
                continue  # a line of a help text
            helps, said = -1, read_line(row)
            if said is not None and said.word in OUTER:
                entry = re.split(r"\W", said.rest, maxsplit=1)[0] if said.is_entry else ""
            elif said is not None and said.word == "help":
                helps = indent
            if number not in lines or said is None or said.word in _SHOWN:
                continue
            if said.word in GIVES:
                yield said.sets
            if said.word not in GIVES or not _ARCH.fullmatch(file.path):  # an architecture's own entry gives everything
                yield entry


def _is_met(tree: Tree, symbols: set[str], names: frozenset[str]) -> bool:
    """Return whether a file that asks for one of the options has one of the names, or one that it builds."""
    asked = [f"CONFIG_{symbol}" for symbol in sorted(symbols)]
    held, meant = strings_in(names), re.compile(r"\b(?:" + "|".join(asked) + r")\b")
    folders: dict[str, bool] = {}
    given: set[str] = set()
    for path in tree.search(asked, prefixes=SOURCE_FOLDERS, suffixes=())[:_MOST_FILES]:
        data = tree.read(path) or b""
        if basename(path) not in _MAKEFILES:
            if path.endswith((".c", ".h", ".S")) and held(data):
                return True
            given |= set(_given(decode(data), meant)) if path.endswith(".h") else set()
            continue
        for made in _made(path, decode(data), meant):
            source = tree.read(made) if made.endswith(".c") else None
            folder = made if made.endswith("/") else f"{dirname(path)}/"
            if source is None and folder not in folders:
                folders[folder] = bool(tree.search(sorted(names), prefixes=(folder,)))
            if held(source) if source is not None else folders[folder]:
                return True
    users = tree.search(sorted(given)[:_MOST_GIVEN], prefixes=SOURCE_FOLDERS) if given else ()
    return any(held(tree.read(path) or b"") for path in users[:_MOST_FILES])


def _given(text: str, meant: re.Pattern[str]) -> Iterator[str]:
    """Yield what a header defines or declares under an `#if` that asks for one of the options."""
    nest: list[bool] = []
    for row in text.splitlines():
        found = _IF.match(row)
        if found and found[1] == "endif":
            nest = nest[:-1]
        elif found:
            nest.append(meant.search(row) is not None)
        elif any(nest):
            yield from (head[1] or head[2] for head in _HEAD.finditer(row))


def _made(path: str, text: str, meant: re.Pattern[str]) -> Iterator[str]:
    """Yield the C files and folders, these with their slash, that lines of a Makefile with the options build."""
    for row in text.replace("\\\n", " ").splitlines():
        plain = row.split("#")[0]
        if meant.search(plain):
            for found in _MADE.finditer(plain.partition("=")[2]):
                yield f"{dirname(path)}/{found[1]}{'.c' if found[0].endswith('.o') else '/'}"

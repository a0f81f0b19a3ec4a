"""What Kconfig and Makefile hunks say where no tree holds them: entries, selects, which option builds which object.

Accepted: lines of Kconfig files and Makefiles, in the order in which the hunks show them; unknown lines are empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field

from reviewbot.checks.arches import own_arch
from reviewbot.errors import UsageError
from reviewbot.kconfig.kbuild import Kbuild
from reviewbot.kconfig.lines import OUTER, entry_named, read_line, selected
from reviewbot.logic import FALSE, TRUE, And, Cond, Or, Var, parse_condition
from reviewbot.patterns import regex
from reviewbot.source import MemoryTree
from reviewbot.source.types import PatchState
from reviewbot.text import decode
from reviewbot.values import dataclass

__all__ = ["Hunks", "read_hunks"]

_TYPES = frozenset({"bool", "tristate", "int", "hex", "string"})
_GATE = regex(r"(?:ARCH|HAVE|GENERIC|NEED)_\w+")
"""What symbols are called that nobody can choose: an architecture selects them or does not have them."""


@dataclass(slots=True)
class _Entry:
    """A `config` that hunks show: when its dependencies hold, whether anybody can set it, and its type."""

    depends: Cond = TRUE
    free: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunks:
    """Entries by symbol; by symbol and architecture when some hunk selects it; the Makefiles as far as they are known.

    The architecture "" is for Kconfig files that all have. `brought` are the symbols of which all entries and selects
    that the hunks show are added: nobody else selects them.
    """

    entries: Mapping[str, _Entry] = field(default_factory=dict)
    selects: Mapping[str, Mapping[str, Cond]] = field(default_factory=dict)
    makefiles: Mapping[str, str] = field(default_factory=dict)
    brought: frozenset[str] = frozenset()

    def says_of(self, variable: str, arch: str) -> Cond | None:
        """Return what the hunks make of a variable `CONFIG_X` or `CONFIG_X_MODULE` on the architecture, None for
        nothing."""
        name = variable.removeprefix("CONFIG_")
        plain = name.removesuffix("_MODULE") if name not in self.entries and name not in self.selects else name
        entry, selects = self.entries.get(plain), self.selects.get(plain)
        if entry is None and (selects is None or not _GATE.fullmatch(plain)):
            return None
        if plain != name and entry is not None and entry.kind != "tristate":
            return FALSE if entry.kind == "bool" or not entry.free else None
        chosen = FALSE if entry is None or not entry.free else And(Var(variable), entry.depends)
        given = Or(*((selects or {}).get(owner, FALSE) for owner in ("", arch))) if plain == name else FALSE
        if chosen == FALSE and plain == name and plain not in self.brought:
            return Or(Var(variable), given)  # who else selects what was there before is not in the hunks
        return Or(chosen, given)

    def selects_on(self, symbol: str, arch: str) -> bool:
        """Return whether some hunk shows that the architecture, or a Kconfig file that all have, selects the symbol."""
        return not {"", arch}.isdisjoint(self.selects.get(symbol, {}))

    def built(self, path: str, arch: str) -> Cond | None:
        """Return when a Makefile that hunks show builds the file, None when none names it."""
        if not self.makefiles:
            return None
        found = Kbuild(MemoryTree(self.makefiles), arch).condition(path)
        return None if found == Var(f"built({path})") else found


def read_hunks(states: Iterable[PatchState], *, every: bool) -> Hunks:
    """Return what the Kconfig and Makefile hunks of the patches say, of `every` file or of those that did not apply."""
    entries: dict[str, _Entry] = {}
    selects: dict[str, dict[str, Cond]] = defaultdict(dict)
    makefiles: dict[str, str] = {}
    old: set[str] = set()
    seen: set[tuple[str, str]] = set()
    for state in states:
        for file in state.files:
            if file.after is None or not (every or file.applies in {"fragment", "failed"}):
                continue
            name = file.path.rsplit("/", 1)[-1]
            if name.startswith(("Makefile", "Kbuild")):
                makefiles[file.path] = decode(file.after)
            elif name.startswith("Kconfig"):
                _read_kconfig(decode(file.after), own_arch(file.path), entries, selects)
                # What a patch brings is in the context of the next one.
                old |= {symbol for symbol in _named(decode(file.before or b"")) if (file.path, symbol) not in seen}
                seen |= {(file.path, symbol) for symbol in _named(decode(file.after))}
    return Hunks(entries=entries, selects=selects, makefiles=makefiles,
                 brought=frozenset({*entries, *selects} - old))


def _named(text: str) -> set[str]:
    """Return the symbols that the lines have entries of or select."""
    lines = text.splitlines()
    return {name for line in lines for name in (entry_named(line), (selected(line) or ("",))[0]) if name}


def _read_kconfig(text: str, arch: str, entries: dict[str, _Entry], selects: dict[str, dict[str, Cond]]) -> None:
    entry: _Entry | None = None
    owner = ""
    for line in text.splitlines():
        name = entry_named(line)
        if name:
            owner, entry = name, entries.setdefault(name, _Entry())
            continue
        said = read_line(line)
        if said is not None and not said.indented and said.word in OUTER:
            owner, entry = "", None
        chosen = selected(line)
        if chosen:
            # `if` is told by the name of the architecture's own entry as well: a hunk seldom shows which entry it is.
            when = And(_parsed(chosen[1]) if chosen[1] else TRUE, _parsed(owner) if owner else TRUE)
            selects[chosen[0]][arch] = Or(selects[chosen[0]].get(arch, FALSE), when)
        elif entry is not None and said is not None and said.indented:
            if said.word == "depends on" and said.rest:
                entry.depends = And(entry.depends, _parsed(said.rest))
            kind = said.word.removeprefix("def_")
            if kind in {"bool", "tristate"}:
                entry.kind = kind
            entry.free = entry.free or kind != said.word or said.word in {"prompt", "default"} or (
                said.word in _TYPES and said.rest[:1] in {'"', "'"})


def _parsed(text: str) -> Cond:
    """Return a Kconfig condition, a symbol being set when it is y or m; what cannot be read is an open variable."""
    try:
        cond = parse_condition(text)
    except UsageError:
        return Var(f"kconfig({text})")
    return cond.replace(lambda name: Or(Var(name), Var(f"{name}_MODULE")) if name.startswith("CONFIG_") else None)

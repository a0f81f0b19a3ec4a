"""Which lines of a patch can reach a call of the family: they decide whether it is built, or say what it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.gated_headers import names_gated_by
from reviewbot.findings.types import Cell
from reviewbot.kconfig.lines import entry_named, read_line
from reviewbot.logic import FALSE, Var
from reviewbot.patterns import regex
from reviewbot.review.defines import macro_bodies
from reviewbot.text import decode

__all__ = ["Ways", "entries_of", "steps"]

_WORD = regex(r"[A-Za-z_]\w*")
_MEMBER = regex(r"(?:->|\.)\s*([A-Za-z_]\w*)")
_KERNEL = regex(r"_*PAGE_KERNEL\w*|_KERNPG_\w+")
_MOST = 80  # symbols that a call's own depend on: past that nothing is left out for want of a way
_STEPS = 50  # what it costs to ask whether an architecture can have an option


class Ways:
    """What leads to the calls that the cells speak of, at the end of the series."""

    def __init__(self, analysis: Analysis, cells: Sequence[Cell]) -> None:
        """Take the cells of the whole series; nothing is worked out before the first question."""
        self._analysis = analysis
        self._cells = cells
        self._made: dict[tuple[str, str], frozenset[str]] = {}
        self._sources: dict[str, frozenset[str]] = {}
        self._asked: dict[str, bool] = {}

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the words of the calls of the family and of the tests in front of them, in the touched files."""
        found: set[str] = set()
        for side in {id(side): side for view in self._analysis.views for side in view}.values():
            for facts in side.facts.values():
                for call in facts.calls:
                    texts = [*call.arguments, *call.path_condition.variables(),
                             *(atom for guard in call.guards for atom in guard.condition.variables())]
                    found |= {word for text in texts for word in _WORD.findall(text)} | {call.function}
        return frozenset(found | {cell.function for cell in self._cells})

    @cached_property
    def naming(self) -> frozenset[str]:
        """Return the names of the family and of the helpers that make its calls."""
        sides = {id(side): side for view in self._analysis.views for side in view}.values()
        return self._analysis.family.names().union(*(side.wrappers for side in sides))

    @cached_property
    def reaching(self) -> frozenset[str]:
        """Return the functions in which a call of the family stands, or behind which one does."""
        sides = {id(side): side for side in (*self._analysis.sides, *(one for view in self._analysis.views
                                                                       for one in view))}.values()
        held = {call.function for side in sides for facts in side.facts.values() for call in facts.calls}
        return self.naming | held - {""} | {cell.function for cell in self._cells}

    @cached_property
    def members(self) -> frozenset[str]:
        """Return the members of objects that calls of the family are given, or that the tests in front of them ask."""
        found: set[str] = set()
        for side in {id(side): side for view in self._analysis.views for side in view}.values():
            for facts in side.facts.values():
                for call in facts.calls:
                    texts = [*call.arguments, *call.path_condition.variables(),
                             *(atom for guard in call.guards for atom in guard.condition.variables())]
                    found |= {name for text in texts for name in _MEMBER.findall(text)}
        return frozenset(found)

    @cached_property
    def defining(self) -> frozenset[str]:
        """Return the files that define functions of the family."""
        names = self._analysis.family.names()
        found = {effect.resolves_to.partition(":")[0] for cell in self._cells for effect in (cell.before, cell.after)}
        for side in {id(side): side for view in self._analysis.views for side in view}.values():
            found |= {path for path, facts in side.facts.items() if any(one.name in names for one in facts.functions)}
        return frozenset(path for path in found if path.endswith((".c", ".h")))

    def made_of(self, path: str, macro: str) -> bool:
        """Return whether a macro of a header may reach a call: what kernel mappings are made of, a call or a file that
        defines the family uses it, by itself or through other macros of page tables.

        Of a file that is no architecture's header that is not worked out: there it may.
        """
        folder, found, _ = path.partition("/include/")
        if not found or not folder.startswith("arch/"):
            return True
        reached, queue = {macro}, [macro]
        while queue:
            more = self._users(folder, queue.pop()) - reached
            reached |= more
            queue += sorted(more)
            if len(reached) > _MOST:
                return True
        return any(_KERNEL.fullmatch(name) for name in reached) or not (
            reached.isdisjoint(self.words) and reached.isdisjoint(self._defined_with(folder)))

    def _users(self, folder: str, word: str) -> frozenset[str]:
        """Return which macros of the architecture's headers are made of a word."""
        if (folder, word) not in self._made:
            trees = self._analysis.views[0][0].tree, self._analysis.views[-1][1].tree
            self._made[folder, word] = frozenset(
                name for tree in trees
                for path in tree.search((word,), prefixes=(f"{folder}/include",), suffixes=(".h",))
                for name, body in macro_bodies(tree.read(path) or b"") if word in _WORD.findall(body))
        return self._made[folder, word]

    def _defined_with(self, folder: str) -> frozenset[str]:
        """Return the words of the sources that define functions of the family, as the cells know them, and the model
        for an architecture's folder; headers hold what others use, too."""
        if folder not in self._sources:
            tree, model = self._analysis.sides[-1].tree, self._analysis.model
            known = {fact.defined_in.partition(":")[0] for one in model.own for fact in one.facts}
            self._sources[folder] = frozenset(
                word for path in sorted({*self.defining, *(path for path in known if path.startswith(f"{folder}/"))})
                if path.endswith(".c") for word in _WORD.findall(decode(tree.read(path) or b"")))
        return self._sources[folder]

    @cached_property
    def _symbols(self) -> frozenset[str] | None:
        """Return the options on which it depends whether the calls are built, None where they are too many."""
        analysis = self._analysis
        config = analysis.configs[-1]
        found = {name for cell in self._cells for name, _ in cell.config}
        found |= {word.removeprefix("CONFIG_") for word in self.words if word.startswith("CONFIG_")}
        places = sorted({(cell.file, cell.arch) for cell in self._cells if cell.file.endswith(".c")})
        arches = sorted({cell.arch for cell in self._cells})
        for path, arch in places:
            found |= {name.removeprefix("CONFIG_") for name in config.kbuild_as_written(path, arch).variables()
                      if name.startswith("CONFIG_")}
        queue = sorted(found)
        while queue and len(found) <= _MOST:
            symbol = queue.pop()
            # Most options are of no architecture: the first that has one speaks for all.
            asked = next((cond for arch in arches if (cond := config.depends(symbol, arch)) != FALSE), FALSE)
            more = {name.removeprefix("CONFIG_").removesuffix("_MODULE") for name in asked.variables()
                    if name.startswith("CONFIG_")} - found
            found |= more
            queue += sorted(more)
        return None if len(found) > _MOST else frozenset(found)

    def _matters(self, symbol: str) -> bool:
        """Return whether a call hangs on the option and an architecture of the review can have it.

        Whether it can is asked last: that takes a solver, the rest does not.
        """
        if symbol not in self._asked:
            self._asked[symbol] = self._is_asked(symbol) and not all(
                self._never(symbol, arch) for arch in self._analysis.arches)
        return self._asked[symbol]

    def _is_asked(self, symbol: str) -> bool:
        if self._symbols is None or symbol in self._symbols:
            return True
        tree = self._analysis.sides[-1].tree
        return not self._said.isdisjoint(names_gated_by(self._analysis, tree, frozenset({symbol})))

    def _never(self, symbol: str, arch: str) -> bool:
        self._analysis.budget.spend(_STEPS)
        return bool(self._analysis.reach.never(Var(f"CONFIG_{symbol}"), arch))

    @cached_property
    def _said(self) -> frozenset[str]:
        return frozenset(effect.symbol for cell in self._cells for effect in (cell.before, cell.after))

    def option_of(self, line: str, entry: str) -> str:
        """Return the option that a line of the Kconfig `entry` decides about, empty when no call hangs on it."""
        said = read_line(line)
        name = (said.sets if said else "") or entry  # it decides about what it selects, not about its own entry
        return name if name and self._matters(name) else ""

    def builds(self, makefile: str, line: str) -> str:
        """Return the file of a call that a line of a Makefile decides about, empty when there is none."""
        folder = makefile.rpartition("/")[0]
        return next((path for path in self._paths if path.startswith(f"{folder}/" if folder else "") and any(
            re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w-])", line) for name in steps(path, folder))), "")

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        """Return the files of the calls that were there before the series."""
        base = self._analysis.sides[0].tree
        return tuple(path for path in sorted({cell.file for cell in self._cells}) if base.read(path) is not None)


def entries_of(lines: Sequence[str]) -> list[str]:
    """Return for each line of a Kconfig file the option whose entry it stands in, empty before the first one."""
    found, name = [], ""
    for line in lines:
        name = entry_named(line) or name
        found.append(name)
    return found


def steps(path: str, folder: str) -> Iterator[str]:
    """Yield how a Makefile in the folder names the file, or the folder on the way to it."""
    rest = path[len(folder) + 1:] if folder else path
    name, slash, _ = rest.partition("/")
    yield f"{name}/" if slash else f"{name.rpartition('.')[0]}.o"

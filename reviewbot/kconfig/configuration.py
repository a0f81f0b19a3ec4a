"""`KernelConfig`: the questions that the rest of the program asks about one tree's configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reviewbot.kconfig.types import Answer, Resolution, SymbolReport
from reviewbot.logic import TRUE, Cond, Ternary
from reviewbot.source.types import Tree

__all__ = ["KernelConfig"]


class KernelConfig:
    """Kconfig, Kbuild and the definitions of one tree. Everything is read on demand and kept."""

    def __init__(self, tree: Tree, *, cache: Path | None = None) -> None:
        """Open a tree. Parsed Kconfig is kept below the folder `cache`, by the hash of its files; None keeps none."""
        self.tree, self.cache = tree, cache

    def after(self, tree: Tree, *, changed: Sequence[str]) -> KernelConfig:
        """Return the same for a tree in which only the files `changed` differ; what they leave alone is shared."""
        return KernelConfig(tree, cache=self.cache)

    def arches(self) -> tuple[str, ...]:
        """Return the architectures of the tree (folders of arch/ with a Kconfig or a Makefile), sorted."""
        return ()

    def possible(self, cond: Cond, arch: str) -> Answer:
        """Return whether the condition can hold on the architecture."""
        return Answer(ternary=Ternary.UNKNOWN, free=tuple(sorted(cond.variables())))

    def presence(self, path: str, line: int, arch: str) -> Cond:
        """Return when the line is compiled on the architecture: its `#if` nest joined with the file's Kbuild condition."""
        return TRUE

    def kbuild(self, path: str, arch: str) -> Cond:
        """Return when the architecture's build compiles the file (TRUE for headers, FALSE for another architecture's)."""
        return TRUE

    def depends(self, symbol: str, arch: str) -> Cond:
        """Return the direct dependencies of a Kconfig symbol (named without CONFIG_) on the architecture."""
        return TRUE

    def resolve(self, symbol: str, *, arches: Sequence[str] = (), config: Cond = TRUE,
                from_file: str = "") -> SymbolReport:
        """Return every place of the name, and what each architecture (all when none is named) gets under `config`."""
        return SymbolReport(symbol=symbol, definitions=(), resolution=(), config=config, from_file=from_file)

    def definition_for(self, symbol: str, arch: str, *, config: Cond = TRUE,
                       from_file: str = "") -> tuple[Resolution, ...]:
        """Return what the name is on one architecture, the ordinary configuration's definition first."""
        return self.resolve(symbol, arches=(arch,), config=config, from_file=from_file).resolution

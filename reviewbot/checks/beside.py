"""A series that names no function of the family, as far as rules about other functions need it."""

from __future__ import annotations

from itertools import pairwise

from reviewbot.arch import KernelVersion, Model
from reviewbot.budget import Budget
from reviewbot.cfacts import Family
from reviewbot.checks.analysis import Analysis, Side
from reviewbot.checks.reach import Reach
from reviewbot.checks.reading import Reading
from reviewbot.contracts.learned import Learned
from reviewbot.kconfig import KernelConfig
from reviewbot.series.types import Series
from reviewbot.source.types import PatchedTree

__all__ = ["bare_analysis"]


def bare_analysis(*, series: Series, patched: PatchedTree, family: Family, model: Model, version: KernelVersion,
                  arches: tuple[str, ...], learned: Learned, budget: Budget) -> Analysis:
    """Return the series with its trees, and nothing read in them."""
    trees = [patched.start, *(state.after for state in patched.states)]
    sides = tuple(Side(tree=tree, facts={}, wrappers={}) for tree in trees)
    configs = [KernelConfig(trees[0], makers={}, budget=budget)]
    for state in patched.states:
        configs.append(configs[-1].after(state.after, changed=[file.path for file in state.files]))
    return Analysis(series=series, patched=patched, family=family, model=model, version=version, arches=arches,
                    sides=sides, views=tuple(pairwise(sides)), configs=tuple(configs),
                    reading=Reading(series, patched, budget), workers={}, learned=learned, budget=budget,
                    reach=Reach(tuple(configs), patched.states, arches=arches, model=model, version=version,
                                whole=not series.missing))

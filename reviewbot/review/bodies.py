"""Which of several bodies of a name, or of two files, a configuration builds: a call there is that one's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewbot.checks.analysis import Analysis
from reviewbot.checks.leaves import Leaf
from reviewbot.checks.where import Where, can_be
from reviewbot.findings.types import Effect
from reviewbot.kconfig.guards import of_options
from reviewbot.logic import TRUE, And, Cond, Not, Ternary, Var
from reviewbot.review.phrases import ABSENT, NOT_SEEN

__all__ = ["bodies", "built_apart", "replaced_by", "runs", "where_built"]


def bodies(analysis: Analysis, moment: int, leaf: Leaf, arch: str) -> Cond:
    """Return when the architecture builds these bodies of the helpers on the way: of a weak one it may have its own."""
    return And(*(body for path, name in zip(leaf.files, leaf.via, strict=False)
                 if (body := analysis.weak.body(moment, path, name, arch)) != TRUE
                 and analysis.weak.entries(moment, name, arch)))


def runs(analysis: Analysis, moment: int, leaf: Leaf, arch: str) -> Cond:
    """Return what options must be for the helpers on the way to come to their calls, by what `__weak` functions return
    on the architecture."""
    return And(*(of_options(analysis.weak.told(moment, test, arch)) for test in leaf.asked))


def replaced_by(analysis: Analysis, moment: int, leaf: Leaf, arch: str) -> frozenset[str]:
    """Return the options by which the architecture builds a body of its own in the place of a weak helper's on the
    way."""
    return frozenset().union(*(
        body.variables() for path, name in zip(leaf.files, leaf.via, strict=False)
        if (body := analysis.weak.body(moment, path, name, arch)) != TRUE
        and any(entry.defined_in.rpartition(":")[0] != path for entry in analysis.weak.entries(moment, name, arch))))


def built_apart(analysis: Analysis, every: Mapping[bool, Where], arch: str) -> frozenset[str]:
    """Return the options by which Makefiles build one of two files and not the other, those of modules left out."""
    if len({where.path for where in every.values()}) < 2:
        return frozenset()
    old, new = (analysis.configs[where.moment].kbuild(where.path, arch).variables() for where in every.values())
    return frozenset(name for name in old ^ new if name.startswith("CONFIG_") and not name.endswith("_MODULE"))


def where_built(analysis: Analysis, where: Where, arch: str, effect: Effect, values: Mapping[str, bool]) -> Effect:
    """Return the effect of a function that the patch moves to another file, as not seen in configurations that do not
    build this side's file or line: there another definition of its name may be called."""
    config = And(*(Var(name) if value else Not(Var(name)) for name, value in values.items()))
    return effect if can_be(analysis, where, arch, config) is not Ternary.NO else replace(
        ABSENT, does=NOT_SEEN, known=False)

"""The finished review, as every report format takes it."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.errors import Skip
from reviewbot.findings.types import Cell, Claim, Finding, LevelSetEntry
from reviewbot.review.explored import Explored
from reviewbot.review.page.types import EMPTY_PAGE, FirstPage
from reviewbot.series.types import Series
from reviewbot.source.types import PatchedTree
from reviewbot.values import dataclass

__all__ = ["Coverage", "Review", "Timing", "in_order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much was looked at: `calls` of the family, `functions` and `files` analysed, `arches`, `rules` that ran.

    `built_on` are those of the architectures that can build one of the files.
    """

    calls: int
    functions: int
    files: int
    arches: tuple[str, ...]
    rules: tuple[str, ...]
    built_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds spent; only ever shown with --timings."""

    ingest: int
    apply: int
    analyse: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A series, the trees around each of its patches, and everything the program has to say about it.

    `findings` are in order of patch, file, line, rule. Old defects are those with `introduced` false. `explored` are
    the scenarios that the series breaks or mends.
    """

    series: Series
    patched: PatchedTree
    findings: tuple[Finding, ...]
    behaviour: tuple[Cell, ...]
    claims: tuple[Claim, ...]
    level_set: tuple[LevelSetEntry, ...]
    coverage: Coverage
    skips: tuple[Skip, ...]
    timing: Timing
    first_page: FirstPage = EMPTY_PAGE
    explored: tuple[Explored, ...] = ()


def in_order(patched: PatchedTree) -> PatchedTree:
    """Return the tree with the files of each patch in git's own order, whatever order its diff has."""
    states = tuple(replace(state, files=tuple(sorted(state.files, key=lambda file: file.path)))
                   for state in patched.states)
    return replace(patched, states=states)

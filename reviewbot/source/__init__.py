"""Kernel trees, and a series applied to one: the files before and after every patch."""

from reviewbot.source.base import apply_series, open_tree
from reviewbot.source.fragments import fragments
from reviewbot.source.range import series_from_git
from reviewbot.source.trees import DirectoryTree, MemoryTree, OverlayTree
from reviewbot.source.types import Applied, Base, LineMap, PatchedFile, PatchedTree, PatchState, Tree

__all__ = [
    "Applied",
    "Base",
    "DirectoryTree",
    "LineMap",
    "MemoryTree",
    "OverlayTree",
    "PatchState",
    "PatchedFile",
    "PatchedTree",
    "Tree",
    "apply_series",
    "fragments",
    "open_tree",
    "series_from_git",
]

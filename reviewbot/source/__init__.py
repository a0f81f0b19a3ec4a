"""Kernel trees, and a series applied to one: the files before and after every patch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.exports import exports_of

if TYPE_CHECKING:
    from reviewbot.source.around import kernel_tree_around, require_kernel
    from reviewbot.source.base import apply_series, open_tree
    from reviewbot.source.directory import DirectoryTree
    from reviewbot.source.fragmented import fragments
    from reviewbot.source.range import series_from_git
    from reviewbot.source.trees import MemoryTree, OverlayTree, tree_below
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
    "kernel_tree_around",
    "open_tree",
    "require_kernel",
    "series_from_git",
    "tree_below",
]

# Loaded when first asked for: a scan of an unpacked tree needs neither the series nor the mail room.
_HOMES = {
    "Applied": "types",
    "Base": "types",
    "DirectoryTree": "directory",
    "LineMap": "types",
    "MemoryTree": "trees",
    "OverlayTree": "trees",
    "PatchState": "types",
    "PatchedFile": "types",
    "PatchedTree": "types",
    "Tree": "types",
    "apply_series": "base",
    "fragments": "fragmented",
    "kernel_tree_around": "around",
    "open_tree": "base",
    "require_kernel": "around",
    "series_from_git": "range",
    "tree_below": "trees",
}

__getattr__ = exports_of(__name__, _HOMES)

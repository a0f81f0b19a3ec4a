"""What the reviews of many series will ask one tree for, told to it before the first."""

from __future__ import annotations

from collections.abc import Iterable

from reviewbot.kconfig import SOURCE_ENDINGS, SOURCE_FOLDERS
from reviewbot.series.mentioned import mentioned_names
from reviewbot.series.types import Series
from reviewbot.source import DirectoryTree
from reviewbot.source.moved import names_looked_for
from reviewbot.source.types import Tree

__all__ = ["expect_questions"]


def expect_questions(every: Iterable[Series], tree: Tree) -> None:
    """Let a folder look for the names that the hunks of all series mention when it is first searched for one of them:
    another pass over its files for each series is what costs most."""
    if isinstance(tree, DirectoryTree):
        series = [*every]
        mentioned = mentioned_names(series)
        tree.expect(mentioned, prefixes=SOURCE_FOLDERS, suffixes=SOURCE_ENDINGS)
        moved = {name for one in series for name in names_looked_for(one, tree)}
        tree.expect(moved, prefixes=(), suffixes=(".c", ".h"))
        # An option that no Kconfig file defines may be made by any file. One of a single word stands in too many.
        options = [name for name in mentioned if name.startswith("CONFIG_") and name.count("_") > 1]
        tree.expect([*options, *(name.removeprefix("CONFIG_") for name in options)], prefixes=(), suffixes=())

"""Small trees for the tests of whole-tree scans."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reviewbot.cfacts.family import load_family
from reviewbot.cfacts.index import Index
from reviewbot.cfacts.scan import Scan, scan_tree
from reviewbot.resources import data_folder
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.trees import MemoryTree
from reviewbot.source.types import Tree

FAMILY = load_family((data_folder("rules") / "api",))
LATER = 4_000_000_000_000_000_000  # ns: long after any file of a test was written


def unpack(folder: Path, files: Mapping[str, str]) -> DirectoryTree:
    """Return a tree of these files below the folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return DirectoryTree(folder)


def scan(tree: Tree, *, index: Index | None = None, wrappers: bool = False, below: tuple[str, ...] = ()) -> Scan:
    """Return a scan in this process alone."""
    return scan_tree(tree, FAMILY, index=index or Index(None, stamp="", today=0), now=LATER, workers=1,
                     wrappers=wrappers, below=below, report=lambda stage, done, total: None)


def told(files: Mapping[str, str]) -> list[str]:
    """Return what a scan with wrappers of these files says, as `file:line callee use <- chain`."""
    return [f"{one.path}:{one.call.span.line} {one.call.callee} {one.call.use}"
            + (f" <- {' '.join(one.call.through)}" if one.call.through else "")
            for one in scan(MemoryTree(files), wrappers=True).calls]

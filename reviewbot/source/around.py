"""The kernel tree that somebody works in, found as git finds its repository: here or in a folder above."""

from __future__ import annotations

from pathlib import Path

from reviewbot.errors import UsageError
from reviewbot.source.trees import version_in_makefile
from reviewbot.source.types import Tree

__all__ = ["kernel_tree_around", "require_kernel"]

_MAKEFILE = 1 << 16  # bytes; the version stands in the first lines


def kernel_tree_around(folder: Path) -> Path | None:
    """Return the nearest folder from this one upwards that is the top of a kernel tree, None when there is none.

    The top has a Kconfig, an `arch` folder with one of its own or of an architecture, and a Makefile that says which
    release it is.
    """
    return next((top for top in (folder, *folder.parents) if _is_kernel(top)), None)


def require_kernel(tree: Tree, where: str) -> None:
    """Return if the tree has at least something of a kernel at its top: Kconfig, arch/, or a Makefile with a release.

    Raises UsageError for one that has none of these: everything would be said to be nowhere.
    """
    if not (tree.exists("Kconfig") or tree.exists("arch") or tree.kernel_version()):
        raise UsageError("this is not a kernel tree: it has no Kconfig, no arch/ and no Makefile that names a release",
                         where=where, hint="--tree takes the top of a kernel source tree")


def _is_kernel(top: Path) -> bool:
    try:
        if not (top / "Kconfig").is_file() or not (
                (top / "arch" / "Kconfig").is_file() or any((top / "arch").glob("*/Kconfig"))):
            return False
        with (top / "Makefile").open("rb") as makefile:
            return bool(version_in_makefile(makefile.read(_MAKEFILE)))
    except OSError:
        return False

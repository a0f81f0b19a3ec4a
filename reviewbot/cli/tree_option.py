"""`--tree` of the commands that cannot do without a kernel tree: the one around the current directory by default."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from reviewbot.cli.settings import usual_tree
from reviewbot.errors import UsageError
from reviewbot.source.around import kernel_tree_around

__all__ = ["tree_option"]


def tree_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with its `folder`: what --tree names, else the kernel tree that somebody works in, as
    `review` takes it."""
    return click.option("--tree", "folder", metavar="DIR", type=click.Path(path_type=Path), callback=_folder,
                        help="A kernel git repository or an unpacked source tree (default: the one around the current "
                             "directory).")(command)


def _folder(_: click.Context, __: click.Parameter, value: Path | None) -> Path:
    """Raise UsageError when no tree is named and none is around."""
    found = value or kernel_tree_around(Path.cwd()) or usual_tree()
    if found is None:
        raise UsageError("there is no kernel tree around the current directory", hint="say with --tree which")
    return found

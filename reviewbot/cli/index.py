"""`reviewbot index`: what later scans and reviews of a tree look up, made ahead of time."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import click

from reviewbot.cfacts.family import load_family
from reviewbot.cfacts.scan import scan_tree
from reviewbot.cli.remembered import api_folders, open_index, recall_words
from reviewbot.cli.scan import cores, open_lightly, progress_of, say_unread, tell
from reviewbot.report.order import spell_count
from reviewbot.source.around import require_kernel

__all__ = ["index"]


@click.command()
@click.option("--tree", "folder", required=True, metavar="DIR", type=click.Path(path_type=Path),
              help="An unpacked kernel tree or a git repository.")
@click.option("--rev", default="", metavar="REV", help="The revision of a git tree. Default: HEAD.")
@click.option("--rules", "more", multiple=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="A folder with more rules; its api/ adds functions to the families.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes to use. Default: one for each core.")
@click.option("--no-progress", is_flag=True, help="Do not show how far the work is.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing.")
def index(folder: Path, rev: str, more: tuple[Path, ...], jobs: int | None, *, no_progress: bool, quiet: bool) -> None:
    """Build or refresh the index of a kernel tree, so that the next scan or review of it need not read it anew.

    The index is in the user's cache folder; nothing in it is ever needed again. What has not changed is not read.
    """
    tree = open_lightly(folder, rev)
    require_kernel(tree, str(folder))
    api = api_folders(more)
    family = load_family(api)
    with ExitStack() as stack:
        known = stack.enter_context(open_index(api, wanted=True))
        found = scan_tree(tree, family, index=known, now=time.time_ns(), workers=jobs or cores(), wrappers=True,
                          below=(), report=progress_of(stack, wanted=not (no_progress or quiet)))
        recall_words(tree, family.names("core"), known)
    if not quiet:
        kept = "nothing is kept" if known.notes else f"the index of {folder} is up to date"
        tell([*known.notes, *([say_unread(found.unread)] if found.unread else []),
              f"{kept}: {spell_count(found.files, 'file')} with a name of the families, {found.parsed} read now"])

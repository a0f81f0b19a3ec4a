"""`reviewbot index`: what later scans and reviews of a tree look up, made ahead of time."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from reviewbot.cfacts.crew import Crew
from reviewbot.cfacts.family import load_family
from reviewbot.cfacts.index import Index
from reviewbot.cfacts.scan import scan_tree
from reviewbot.cli.remembered import api_folders, open_index, recall_words, word_shelf
from reviewbot.cli.scan import cores, open_lightly, progress_of, say_unread, tell
from reviewbot.cli.sources import cache_folder
from reviewbot.cli.tree_option import tree_option
from reviewbot.errors import LocalError
from reviewbot.report.order import spell_count
from reviewbot.source.around import require_kernel
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree
from reviewbot.source.wordbuild import Gathered, adopt, gather, plan

__all__ = ["index"]


@click.command()
@tree_option
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
        _require_kept(known)
        report = progress_of(stack, wanted=not (no_progress or quiet))
        written = _write_down(tree, workers=jobs or cores(), report=report)
        tree.remember(known, time.time_ns(), word_shelf())
        found = scan_tree(tree, family, index=known, now=time.time_ns(), workers=jobs or cores(), wrappers=True,
                          below=(), report=report)
        recall_words(tree, family.names("core"), known)
        _require_kept(known)
    if not quiet:
        tell([*known.notes, *([say_unread(found.unread)] if found.unread else []),
              (f"the index of {folder} is up to date: {spell_count(found.files, 'file')} with a name of the families, "
              f"{found.parsed} read now"), f"the words of {spell_count(written[0], 'file')}, {written[1]} read now"])


def _require_kept(known: Index) -> None:
    """Raise LocalError where the index keeps nothing, or not all: to keep it is what this command is for."""
    if known.lost:
        raise _not_kept(known.lost)


def _not_kept(why: str) -> LocalError:
    return LocalError(f"the index cannot be kept: {why}", where=str(cache_folder()),
                      hint="name another place with XDG_CACHE_HOME, or free some space")


def _write_down(tree: DirectoryTree | GitTree, *, workers: int, report: Callable[[str, int, int], None]
                ) -> tuple[int, int]:
    """Return of how many files the words are written down and how many were read for it.

    Raises LocalError where they cannot be kept.
    """
    now = time.time_ns()
    try:
        job = plan(tree, word_shelf(), now)
        with Crew(workers, start=adopt, given=(job.context,)) as crew:
            for done, (_, gathered) in enumerate(crew.each(gather, job.shares, lost=lambda _: Gathered()), 1):
                job.take(gathered)
                report("reading words", done, len(job.shares))
        return job.finish(now), job.read
    except OSError as error:
        raise _not_kept(error.strerror or str(error)) from error

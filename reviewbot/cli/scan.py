"""`reviewbot scan`: every call of the families in a whole tree, and what becomes of its result."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from reviewbot.cfacts.family import load_family
from reviewbot.cfacts.scan import Scan, scan_tree
from reviewbot.cli.remembered import api_folders, open_index, word_shelf
from reviewbot.cli.streams import require_other_files, write_file
from reviewbot.cli.tree_option import tree_option
from reviewbot.errors import InputError, Skip, TreeError, UsageError
from reviewbot.report.scan_rows import (
    ScanRow,
    known_fingerprints,
    level_of,
    render_scan_jsonl,
    render_scan_terse,
    rows_of,
    without_known,
)
from reviewbot.source.around import require_kernel
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree, Repository, find_git_dir
from reviewbot.source.trees import is_safe_path
from reviewbot.source.types import Tree
from reviewbot.text import decode, visible

__all__ = ["cores", "open_lightly", "progress_of", "say_unread", "scan", "tell"]

_FAILS = {"error": {"error"}, "warning": {"error", "warning"}, "question": {"error", "warning"}, "never": set()}
_Report = Callable[[str, int, int], None]


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@tree_option
@click.option("--rev", default="", metavar="REV", help="The revision of a git tree. Default: HEAD.")
@click.option("--format", "form", type=click.Choice(["text", "jsonl", "terse", "sarif"]), default="text",
              show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write there instead of to standard output.")
@click.option("--with-wrappers", "wrappers", is_flag=True,
              help="Also calls of functions, macros and pointers that hand on such a result.")
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Hide the calls that an earlier scan knew: its output as jsonl or sarif.")
@click.option("--rules", "more", multiple=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="A folder with more rules; its api/ adds functions to the families.")
@click.option("--fail-on", type=click.Choice(list(_FAILS)), default="never", show_default=True,
              help="Exit with 1 when a dropped (error) or merely reported (warning) failure is shown.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes to use. Default: one for each core.")
@click.option("--no-cache", is_flag=True, help="Read everything anew and remember nothing.")
@click.option("--no-progress", is_flag=True, help="Do not show how far the work is.")
@click.option("-q", "--quiet", is_flag=True, help="No notes on standard error.")
@click.option("-v", "--verbose", is_flag=True, help="Say what was parsed, and what was wrong with the cache.")
def scan(folder: Path, paths: tuple[str, ...], rev: str, form: str, output: Path | None,
         baseline: Path | None, more: tuple[Path, ...], fail_on: str, jobs: int | None, **flags: bool) -> None:
    """Audit a whole kernel tree, or only the PATHs below it, without a patch.

    Every call of the function families is listed with what becomes of its result: discarded, void-cast, unread,
    overwritten, warn-only, handled, returned, in-macro or void-callee.
    """
    require_other_files([output], [baseline])
    known = _baseline(baseline)
    tree = open_lightly(folder, rev)
    require_kernel(tree, str(folder))
    below = _below(tree, folder, paths)
    api = api_folders(more)
    with ExitStack() as stack:
        index = stack.enter_context(open_index(api, wanted=not flags["no_cache"]))
        report = progress_of(stack, wanted=not (flags["no_progress"] or flags["quiet"]))
        if index.is_open:
            tree.remember(index, time.time_ns(), word_shelf())
        found = scan_tree(tree, load_family(api), index=index, now=time.time_ns(), workers=jobs or cores(),
                          wrappers=flags["wrappers"], below=below, report=report)
    every = rows_of(found.calls)
    rows = without_known(every, known)
    text = _render(form, tree, rows, found, hidden=len(every) - len(rows))
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_file(output, text, hint="-o FILE needs a folder that exists and can be written")
    if flags["verbose"]:
        tell([*index.notes, f"{found.files} files with a name of the families, {found.parsed} parsed now",
               *(f"not looked at: {skip.where}: {skip.why}" for skip in found.skips)])
    elif found.unread and form in {"jsonl", "terse"} and not flags["quiet"]:
        tell([say_unread(found.unread)])
    if any(level_of(row) in _FAILS[fail_on] for row in rows):
        sys.exit(1)


def open_lightly(folder: Path, rev: str) -> DirectoryTree | GitTree:
    """Return the tree, as `open_tree` of the source room does, without loading what only a series needs."""
    if not folder.is_dir():
        raise TreeError("no such folder", where=str(folder),
                        hint="--tree takes a kernel source tree or a git repository")
    try:
        git = find_git_dir(folder)
    except OSError as error:
        raise TreeError(f"cannot open the tree: {error.strerror}", where=str(folder)) from error
    if git is not None:
        return GitTree(Repository(git, where=folder), rev)
    if rev:
        raise TreeError(f"'{rev}' names a revision, and this is a plain folder", where=str(folder),
                        hint="give a git repository, or leave the revision out")
    return DirectoryTree(folder)


def _below(tree: Tree, folder: Path, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths relative to the tree: what one has is meant from where somebody stands in the tree, as git has
    it, else from the top. Raises UsageError for one that is not in it."""
    here = os.path.relpath(Path.cwd(), folder.resolve())
    found = []
    for path in paths:
        inside = os.path.normpath(path).removeprefix("./")
        if isinstance(tree, DirectoryTree) and Path(path).is_absolute():
            inside = os.path.relpath(os.path.realpath(path), tree.root)
        from_here = os.path.normpath(os.path.join(here, path))  # noqa: PTH118 - no Path folds '..'
        if not Path(path).is_absolute() and is_safe_path(here) and here != "." and (
                from_here == "." or (is_safe_path(from_here) and tree.exists(from_here))):
            inside = from_here
        if inside == ".":
            return ()
        if not is_safe_path(inside) or not tree.exists(inside):
            raise UsageError("no such file or folder in the tree", where=visible(path),
                             hint="PATH is relative to the current directory, if that is in the tree, or to its top")
        found.append(inside)
    return tuple(sorted(set(found)))


def _baseline(file: Path | None) -> frozenset[str]:
    if file is None:
        return frozenset()
    try:
        return known_fingerprints(decode(file.read_bytes()), where=str(file))
    except OSError as error:
        raise InputError(f"cannot read the baseline: {error.strerror}", where=str(file),
                         hint="write one with 'reviewbot scan --format jsonl -o FILE'") from error


def say_unread(unread: tuple[Skip, ...]) -> str:
    """Return the line that says what could not be read, so that a count is not taken for all there is."""
    more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
    return f"not looked at: {unread[0].where}{more}: {unread[0].why}"


def cores() -> int:
    """Return how many processes the machine runs at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def progress_of(stack: ExitStack, *, wanted: bool) -> _Report:
    """Return what shows how far the work is, on a terminal; it ends with the stack."""
    if not wanted or not sys.stderr.isatty():
        return lambda stage, done, total: None  # noqa: ARG005 - the shape of a report
    from reviewbot.report import ProgressDisplay  # noqa: PLC0415 - rich is slow to load, and only a terminal needs it
    return stack.enter_context(ProgressDisplay(sys.stderr))


def _render(form: str, tree: Tree, rows: tuple[ScanRow, ...], found: Scan, *, hidden: int) -> str:
    if form == "jsonl":
        return render_scan_jsonl(rows)
    if form == "terse":
        return render_scan_terse(rows)
    from reviewbot.report.scan_text import render_scan_sarif, render_scan_text  # noqa: PLC0415 - only these two need it
    if form == "sarif":
        return render_scan_sarif(rows, skips=found.skips, kernel=tree.kernel_version())
    from reviewbot.report.scan_subsystems import subsystems  # noqa: PLC0415
    owners = subsystems(decode(tree.read("MAINTAINERS") or b""), [row.file for row in rows])
    return render_scan_text(rows, owners, skips=found.skips, hidden=hidden, files=len({row.file for row in rows}))


def tell(notes: list[str]) -> None:
    """Print the notes on standard error."""
    for note in notes:
        click.echo(f"reviewbot: {visible(note)}", err=True)

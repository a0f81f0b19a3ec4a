"""What a series is for: the revision that it applies to, found in the order in which a maintainer would look."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from reviewbot.errors import TreeError
from reviewbot.series.types import Series
from reviewbot.source.apply import Workshop
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree, Repository, open_repository
from reviewbot.source.types import Base, PatchedTree, PatchState, Tree

__all__ = ["apply_series", "first_blobs", "open_tree"]

How = Literal["base-commit", "blob-ids", "option", "date", "newest", "none"]

MOST_REVISIONS = 400  # tags and branches that are compared by blob id; Linux has some 900 tags
_MOST_PARTIAL = 3
_MOST_DATED = 6  # revisions before the series' date that it is tried on


def open_tree(path: Path, *, rev: str = "") -> Tree:
    """Return the tree at `path`: a git repository (bare, worktree or shallow, at `rev` or HEAD) or an unpacked folder.

    Raises TreeError when there is no such folder, when git is missing, or when `rev` names no commit.
    """
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists() raises for a name that is too long
        raise TreeError("no such folder", where=str(path), hint="--tree takes a kernel source tree or a git repository")
    if not path.is_dir():
        raise TreeError("not a folder", where=str(path),
                        hint="a tree is a folder or a git repository; unpack an archive first")
    repository = open_repository(path)
    if repository is not None:
        return GitTree(repository, rev)
    if rev:
        raise TreeError(f"'{rev}' names a revision, and this is a plain folder", where=str(path),
                        hint="give a git repository, or leave the revision out")
    return DirectoryTree(path)


def apply_series(series: Series, tree: Tree, *, base: str = "") -> PatchedTree:
    """Return the series on the tree, patch by patch.

    With a git tree the base is `base` (or the revision that the tree was opened with), else the series' base-commit,
    else the newest tag or branch that has the blobs of the patches' `index` lines, else the one of a few before the
    series' date to which most of it applies, else HEAD. When the series does not apply whole to the first of these,
    the next are tried, and the first is kept when none fits. Raises TreeError
    when `base` names no commit or the tree is no git tree.
    """
    if not isinstance(tree, GitTree):
        if base:
            raise TreeError(f"'{base}' names a revision, and the tree is not a git repository")
        how: How = "blob-ids" if _all_blobs_match(series, tree) else "none"
        at = Base(kind=tree.kind, rev="", kernel=tree.kernel_version(), how=how)
        return PatchedTree(base=at, states=_states(series, tree)[0])
    tried: list[tuple[str, str]] = []
    chosen: tuple[GitTree, How, tuple[PatchState, ...]] | None = None
    for candidate, name, found_by in _candidates(series, tree, base, tried):
        if chosen is None:
            states, words = _states(series, candidate)
            chosen = (candidate, found_by, states)
        else:
            words = _first_failure(series, candidate)
            if not words:
                chosen = (candidate, found_by, _states(series, candidate)[0])
        if not words:
            break
        tried.append((name, f"the series does not apply: {words}"))
    assert chosen is not None
    at = Base(kind="git", rev=chosen[0].rev, kernel=chosen[0].kernel_version(), how=chosen[1], tried=tuple(tried),
              origin=tree.origin)
    return PatchedTree(base=at, states=chosen[2])


def _states(series: Series, tree: Tree) -> tuple[tuple[PatchState, ...], str]:
    """Return the states of the series on the tree, and git's words where it does not apply exactly."""
    workshop = Workshop(series, tree)
    try:
        return workshop.states(), workshop.refusal
    finally:
        workshop.close()


def _first_failure(series: Series, tree: Tree) -> str:
    workshop = Workshop(series, tree)
    try:
        return workshop.first_failure()
    finally:
        workshop.close()


def _candidates(series: Series, tree: GitTree, option: str,
                tried: list[tuple[str, str]]) -> Iterator[tuple[GitTree, str, How]]:
    """Yield the revisions to try with the name for the report; what cannot be tried goes into `tried`."""
    repository = tree.repository
    wanted = option or tree.named
    if wanted:
        yield (GitTree(repository, wanted), wanted, "option")
        return
    seen: set[str] = set()
    if series.base_commit:
        commit = repository.find_commit(series.base_commit)
        if commit is None:
            tried.append((series.base_commit, "the mail's base-commit is not in this repository"))
        else:
            seen.add(commit)
            yield (GitTree(repository, commit), series.base_commit, "base-commit")
    blobs = first_blobs(series)
    matching, partial = _by_blob_ids(repository, blobs)
    if matching is not None:
        name, commit = matching
        if commit not in seen:
            seen.add(commit)
            yield (GitTree(repository, commit), name, "blob-ids")
    else:
        tried.extend(partial)
    dated = None if seen else _by_date(series, tree)
    if dated is not None:
        name, commit = dated
        seen.add(commit)
        yield (GitTree(repository, commit), name, "date")
    if tree.rev not in seen:
        yield (tree, "HEAD", "newest")


def _by_date(series: Series, tree: GitTree) -> tuple[str, str] | None:
    """Return the (name, commit) before the series' date to which most of it applies, None when HEAD is as good."""
    if series.date is None:
        return None
    best: tuple[int, str, str] | None = None
    for name, commit in tree.repository.before(int(series.date.timestamp()), _MOST_DATED):
        if commit == tree.rev:
            return None if best is None else best[1:]  # HEAD itself is what was newest then
        misfits = _misfits(series, GitTree(tree.repository, commit))
        if best is None or misfits < best[0]:
            best = (misfits, name, commit)
        if not misfits:
            break
    if best is None or (best[0] and _misfits(series, tree) < best[0]):
        return None
    return best[1:]


def _misfits(series: Series, tree: Tree) -> int:
    """Return how many of the files of its patches do not apply exactly."""
    workshop = Workshop(series, tree)
    try:
        return workshop.misfits()
    finally:
        workshop.close()


def first_blobs(series: Series) -> dict[str, str]:
    """Return, by path, the abbreviated blob id that the series' first diff of the file starts from.

    A path that the series itself creates, or whose diff has no `index` line, is left out; a file that must not be
    there yet has the id "".
    """
    blobs: dict[str, str] = {}
    made: set[str] = set()
    for patch in series.patches:
        for file in patch.files:
            if file.old_path and file.old_path not in made and file.old_blob.strip("0"):
                blobs.setdefault(file.old_path, file.old_blob)
            elif not file.old_path and file.new_path not in made:
                blobs.setdefault(file.new_path, "")
            made.update(path for path in (file.old_path, file.new_path) if path)
    return blobs


def _by_blob_ids(repository: Repository,
                 blobs: dict[str, str]) -> tuple[tuple[str, str] | None, list[tuple[str, str]]]:
    """Return the newest (name, commit) whose files are those of the `index` lines, and the best near misses."""
    if not any(blobs.values()):
        return None, []
    near: list[tuple[int, int, str, str]] = []
    for age, (name, commit) in enumerate(repository.newest(MOST_REVISIONS)):
        root = repository.root(commit)
        wrong = [path for path, blob in blobs.items() if not _same(repository, root, path, blob)]
        if not wrong:
            return (name, commit), []
        near.append((len(wrong), age, name, wrong[0]))
    near.sort()
    return None, [(name, f"{count} of {len(blobs)} files differ from the patches' index lines, first {path}")
                  for count, _, name, path in near[:_MOST_PARTIAL]]


def _same(repository: Repository, root: str, path: str, blob: str) -> bool:
    entry = repository.entry(root, path)
    return entry is None if not blob else entry is not None and entry[1].startswith(blob)


def _all_blobs_match(series: Series, tree: Tree) -> bool:
    blobs = first_blobs(series)
    return any(blobs.values()) and all(
        (found is None) if not blob else (found is not None and found.startswith(blob))
        for path, blob in blobs.items() for found in (tree.content_id(path),))



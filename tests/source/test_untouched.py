"""The user's repository after a review: every byte, mode and time is what it was, whatever kind of repository it is."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from making import git, series_of
from test_apply import TEXT, change, make_repository

from reviewbot.source import apply_series, open_tree


def snapshot(*folders: Path) -> dict[str, tuple[object, ...]]:
    """Return content, mode, size, mtime and ctime of everything in the folders."""
    state: dict[str, tuple[object, ...]] = {}
    for folder in folders:
        for path in (folder, *sorted(folder.rglob("*"))):
            status = path.lstat()
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else os.fsencode(str(path))
            state[str(path)] = (hashlib.sha256(content).hexdigest(), status.st_mode, status.st_size,
                                status.st_mtime_ns, status.st_ctime_ns)
    return state


def _loose(folder: Path) -> Path:
    return folder


def _packed(folder: Path) -> Path:
    git(folder, "repack", "-qad")
    return folder


def _several_packs(folder: Path) -> Path:
    git(folder, "repack", "-qd")
    (folder / "b.c").write_text("b\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "more")
    git(folder, "repack", "-qd")
    git(folder, "multi-pack-index", "write")
    return folder


def _commit_graph(folder: Path) -> Path:
    git(folder, "repack", "-qadb")
    git(folder, "commit-graph", "write", "--reachable")
    return folder


def _packed_refs(folder: Path) -> Path:
    git(folder, "pack-refs", "--all")
    return folder


def _detached(folder: Path) -> Path:
    git(folder, "checkout", "-q", "--detach", "HEAD")
    return folder


def _dirty(folder: Path) -> Path:
    (folder / "a.c").write_text("edited\n")
    (folder / "new.c").write_text("staged\n")
    git(folder, "add", "new.c")
    return folder


def _bare(folder: Path) -> Path:
    git(folder.parent, "clone", "-q", "--bare", "--no-hardlinks", folder.name, "bare.git")
    return folder.parent / "bare.git"


def _worktree(folder: Path) -> Path:
    git(folder, "worktree", "add", "-q", "--detach", "../beside")
    return folder.parent / "beside"


def _borrowing(folder: Path) -> Path:
    git(folder.parent, "clone", "-q", "--shared", folder.name, "borrowing")
    return folder.parent / "borrowing"


def _shallow(folder: Path) -> Path:
    git(folder.parent, "clone", "-q", "--depth=2", f"file://{folder}", "shallow")
    return folder.parent / "shallow"


def _linked(folder: Path) -> Path:
    (folder.parent / "link").symlink_to(folder, target_is_directory=True)
    return folder.parent / "link"


def _locked(folder: Path) -> Path:
    (folder / ".git/index.lock").write_bytes(b"")
    return folder


KINDS: tuple[Callable[[Path], Path], ...] = (
    _loose, _packed, _several_packs, _commit_graph, _packed_refs, _detached, _dirty, _bare, _worktree, _borrowing,
    _shallow, _linked, _locked)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__.strip("_") for kind in KINDS])
def test_not_even_a_time_changes(kind: Callable[[Path], Path], tmp_path: Path) -> None:
    """A patch whose outcome the repository has already (git would give that blob, or its pack, a new time)."""
    make_repository(tmp_path / "linux")
    folder = kind(tmp_path / "linux")
    newest = TEXT.replace("line 2\n", "second\n")
    there = change("a.c", newest, TEXT)  # the blob of the first commit
    other = change("a.c", "q\n", "w\n")
    before = snapshot(tmp_path)
    time.sleep(0.02)  # a new time must differ from the old one
    patched = apply_series(series_of(there, other), open_tree(folder))
    assert [state.applies for state in patched.states] == ["clean", "fragment"]
    assert snapshot(tmp_path) == before


def test_a_repository_with_other_object_names_is_left_alone_too(tmp_path: Path) -> None:
    """A repository whose object names are SHA-256: its blobs are copied, and its times stay."""
    git(tmp_path, "init", "-q", "--object-format=sha256", "linux")
    folder = tmp_path / "linux"
    for text in (TEXT, TEXT.replace("line 1\n", "first\n")):
        (folder / "a.c").write_text(text)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "commit")
    git(folder, "repack", "-qad")
    before = snapshot(folder)
    time.sleep(0.02)
    series = series_of(change("a.c", TEXT.replace("line 1\n", "first\n"), TEXT), change("a.c", "q\n", "w\n"))
    assert [state.applies for state in apply_series(series, open_tree(folder)).states] == ["clean", "fragment"]
    assert snapshot(folder) == before

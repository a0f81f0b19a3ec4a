"""A repository whose own configuration wants to run commands: none of them runs, whatever is asked of it."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from pathlib import Path

import pytest
from making import git, series_of

from reviewbot.source import apply_series, open_tree, series_from_git

DIFF = "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@\n int a;\n-int b;\n+int c;\n"


@pytest.fixture
def trap(tmp_path: Path) -> tuple[Path, Path]:
    """Return a repository full of traps and the file that any of them would make."""
    folder, sprung = tmp_path / "tree", tmp_path / "sprung"
    git(tmp_path, "init", "-q", "-b", "master", "tree")
    (folder / "a.c").write_text("int a;\nint b;\n")
    (folder / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    (folder / "a.c").write_text("int a;\nint b;\nint z;\n")
    git(folder, "commit", "-qam", "two")
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\necho \"$0 $*\" >>{sprung}\ncat\n")
    script.chmod(0o755)
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout", "applypatch-msg",
                 "fsmonitor-watchman", "post-rewrite", "pre-applypatch", "post-applypatch"):
        (folder / ".git/hooks" / hook).write_text(script.read_text())
        (folder / ".git/hooks" / hook).chmod(0o755)
    (folder / ".git/info/attributes").write_text("* filter=evil diff=evil merge=evil text\n")
    (folder / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    (folder / ".git/config").write_text(f"""
[core]
\trepositoryformatversion = 1
\tfsmonitor = {script}
\tsshCommand = {script}
\teditor = {script}
\tpager = {script}
\thooksPath = {folder}/.git/hooks
\tattributesFile = {folder}/.gitattributes
\tworktree = {tmp_path}
\tgitProxy = {script}
\talternateRefsCommand = {script}
[extensions]
\tpartialClone = evil
\tworktreeConfig = true
[remote "evil"]
\turl = ext::{script} %S
\tpromisor = true
\tuploadpack = {script}
\tpartialclonefilter = blob:none
[protocol "ext"]
\tallow = always
[uploadpack]
\tpackObjectsHook = {script}
[filter "evil"]
\tclean = {script}
\tsmudge = {script}
\tprocess = {script}
\trequired = true
[diff]
\texternal = {script}
[diff "evil"]
\ttextconv = {script}
\tcommand = {script}
[merge "evil"]
\tdriver = {script}
[pager]
\tgrep = {script}
\tlog = {script}
[alias]
\tgrep = !{script}
\tcat-file = !{script}
[credential]
\thelper = !{script}
[gpg]
\tprogram = {script}
[format]
\tsignOff = true
\tto = evil@example.org
[log]
\tshowSignature = true
[include]
\tpath = {tmp_path}/does-not-exist
""")
    return folder, sprung


def test_no_command_of_the_repository_runs(trap: tuple[Path, Path]) -> None:
    """Opening, reading, searching, applying and listing commits leave no trace of any configured command."""
    folder, sprung = trap
    tree = open_tree(folder, rev="HEAD~1")
    assert tree.read("a.c") == b"int a;\nint b;\n"
    assert tree.search(["b"]) == ("a.c",)
    assert list(tree.list_files()) == ["Makefile", "a.c"]
    assert apply_series(series_of(DIFF), open_tree(folder)).base.how == "newest"
    assert apply_series(series_of(DIFF), tree).states[0].applies == "clean"
    series = series_from_git(folder, "HEAD~1..HEAD")
    assert [patch.subject for patch in series.patches] == ["two"]
    assert not sprung.exists(), sprung.read_text()
    with contextlib.suppress(subprocess.CalledProcessError):
        git(folder, f"--git-dir={folder}/.git", f"--work-tree={folder}", "diff", "HEAD~1", "HEAD")
    assert sprung.exists(), "the trap itself must work, or this test shows nothing"


def test_a_missing_object_is_not_fetched(trap: tuple[Path, Path]) -> None:
    """A partial clone's promise to fetch on demand is not taken up."""
    folder, sprung = trap
    (folder / ".git/config").rename(folder / ".git/config.evil")
    git(folder, "config", "core.repositoryformatversion", "0")
    oid = git(folder, "rev-parse", "HEAD:a.c").strip()
    (folder / ".git/config.evil").rename(folder / ".git/config")
    (folder / ".git/objects" / oid[:2] / oid[2:]).unlink()
    tree = open_tree(folder)
    with pytest.raises(Exception, match="not in the repository"):
        tree.read("a.c")
    assert not sprung.exists()


def test_gits_variables_in_the_environment_do_not_count(trap: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
                                                        tmp_path: Path) -> None:
    """A run from inside a git hook, with GIT_DIR and the like set, reads the tree that was named."""
    folder, sprung = trap
    for name, value in {"GIT_DIR": "/nonexistent", "GIT_INDEX_FILE": str(tmp_path / "i"), "GIT_WORK_TREE": "/",
                        "GIT_OBJECT_DIRECTORY": "/nonexistent", "GIT_EXTERNAL_DIFF": str(tmp_path / "trap.sh"),
                        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.pager",
                        "GIT_CONFIG_VALUE_0": str(tmp_path / "trap.sh"), "GIT_TRACE": str(tmp_path / "trace")}.items():
        monkeypatch.setenv(name, value)
    assert open_tree(folder).read("a.c") == b"int a;\nint b;\nint z;\n"
    assert apply_series(series_of(DIFF), open_tree(folder, rev="HEAD~1")).states[0].applies == "clean"
    assert not sprung.exists()
    assert not (tmp_path / "trace").exists()


def test_the_folder_of_a_hostile_tree_is_searched_without_its_attributes(trap: tuple[Path, Path],
                                                                       tmp_path: Path) -> None:
    """A plain folder with .gitattributes and .gitignore is searched whole."""
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / ".gitattributes").write_text("* diff=evil binary\n")
    (plain / ".gitignore").write_text("*\n")
    (plain / "a.c").write_text("int b;\0\n")
    assert open_tree(plain).search(["b"]) == ("a.c",)


def test_a_repository_is_read_by_a_process_with_many_open_files(trap: tuple[Path, Path]) -> None:
    """The answers of git are waited for also where their descriptor is above those that select() knows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 1300 + len(list(Path("/proc/self/fd").iterdir()))  # what the tests before this one hold counts as well
    if hard < wanted:
        pytest.skip("no more than 1024 files may be open here")
    opened = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        opened += [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
        assert open_tree(trap[0]).read("a.c") == b"int a;\nint b;\nint z;\n"
    finally:
        for one in opened:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

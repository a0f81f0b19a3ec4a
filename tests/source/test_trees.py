"""Trees of files: memory, folder, git at any revision, and overlays."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from making import git, series_of

from reviewbot.errors import TreeError
from reviewbot.series.mentioned import mentioned_names
from reviewbot.source import DirectoryTree, MemoryTree, OverlayTree, Tree, open_tree, series_from_git
from reviewbot.source.sweep import can_sweep, sweep

MAKEFILE = "# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n"
FILES = {
    "Makefile": MAKEFILE,
    "mm/vmalloc.c": "void a(void)\n{\n\tset_memory_ro(1, 2);\n}\n",
    "mm/secretmem.c": "/* set_memory_rox is another word */\n",
    "mm.c": "int set_memory_ro;\n",
    "arch/x86/mm.h": "int __set_memory_ro(void);\n",
    "drivers/a b/ü.c": "set_memory_ro\n",
    "Documentation/x.rst": "set_memory_ro\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a small tree on disk."""
    root = tmp_path / "tree"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture
def repository(folder: Path) -> Path:
    """Return the small tree as a repository with two commits, the first tagged v1."""
    git(folder, "init", "-q", "-b", "master")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    git(folder, "tag", "v1")
    (folder / "mm.c").write_text("int other;\n")
    (folder / "link.c").symlink_to("mm.c")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "two")
    return folder


def trees(repository: Path) -> list[Tree]:
    return [MemoryTree(FILES), OverlayTree(MemoryTree({}), {path: text.encode() for path, text in FILES.items()}),
            open_tree(repository, rev="v1")]


def test_all_kinds_of_tree_answer_alike(repository: Path) -> None:
    """Reading, listing, ids, existence and the kernel's version do not depend on where a tree comes from."""
    for tree in trees(repository):
        assert list(tree.list_files()) == sorted(FILES)
        assert list(tree.list_files("mm")) == ["mm/secretmem.c", "mm/vmalloc.c"]
        assert list(tree.list_files("mm/")) == ["mm/secretmem.c", "mm/vmalloc.c"]
        assert list(tree.list_files("nowhere")) == []
        assert tree.read("mm.c") == FILES["mm.c"].encode()
        assert tree.read("mm") is None
        assert tree.read("drivers/a b/ü.c") == b"set_memory_ro\n"
        assert tree.content_id("mm.c") == git(repository, "rev-parse", "v1:mm.c").strip()
        assert tree.content_id("none.c") is None
        assert (tree.exists("mm"), tree.exists("mm.c"), tree.exists("m")) == (True, True, False)
        assert tree.kernel_version() == "6.12"
        assert tree.list_folder("arch/") == tree.list_folder("arch") == ("x86/",)
        assert "mm.c" in tree.list_folder("")
        assert "mm/" in tree.list_folder("")
        assert tree.list_folder("none") == tree.list_folder("mm.c") == ()


def test_search_finds_identifiers_not_substrings(repository: Path) -> None:
    """A word is found where it stands alone, in files of the wanted endings below the wanted folders."""
    for tree in trees(repository):
        assert tree.search(["set_memory_ro"]) == ("drivers/a b/ü.c", "mm.c", "mm/vmalloc.c")
        assert tree.search(["set_memory_ro"], prefixes=("mm", "arch/")) == ("mm/vmalloc.c",)
        assert tree.search(["set_memory_ro"], suffixes=(".rst",)) == ("Documentation/x.rst",)
        assert tree.search(["PATCHLEVEL"], suffixes=()) == ("Makefile",)
        assert tree.search(["PATCHLEVEL"], suffixes=("Makefile",)) == ("Makefile",)
        assert tree.search(["set_memory_rox", "__set_memory_ro"]) == ("arch/x86/mm.h", "mm/secretmem.c")
        assert tree.search([]) == tree.search(["a-b", "*", ""]) == ()
        assert tree.search([f"word_{number}_x" for number in range(100)] + ["set_memory_ro"]) == (
            "drivers/a b/ü.c", "mm.c", "mm/vmalloc.c")


def test_a_folder_answers_as_the_git_tree_of_it(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder gives the same files, ids and search results, with git and without."""
    inside, outside = DirectoryTree(repository), open_tree(repository)
    assert list(inside.list_files()) == list(outside.list_files())
    assert [inside.content_id(path) for path in inside.list_files()] == [
        outside.content_id(path) for path in outside.list_files()]
    found = inside.search(["set_memory_ro"])
    assert found == outside.search(["set_memory_ro"]) == ("drivers/a b/ü.c", "mm/vmalloc.c")
    real = shutil.which
    for missing in ({"rg"}, {"git"}, {"rg", "git"}):
        monkeypatch.setattr(shutil, "which", lambda name, gone=missing: None if name in gone else real(name))
        assert DirectoryTree(repository).search(["set_memory_ro"]) == found
        assert DirectoryTree(repository).search(["set_memory_ro"], prefixes=("none", "mm/")) == ("mm/vmalloc.c",)
    with pytest.raises(TreeError, match="'git' is not installed; install git"):
        open_tree(repository)


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "mm/../../outside", "a\0b", "", ".", "mm//vmalloc.c",
                                  ".git/config", "mm/.", "x" * 5000])
def test_paths_that_leave_the_tree_hold_nothing(repository: Path, path: str) -> None:
    """A path that is absolute, climbs, holds NUL or names git's own files is never opened."""
    (repository.parent / "outside").write_text("secret")
    for tree in (DirectoryTree(repository), open_tree(repository), MemoryTree(FILES)):
        assert tree.read(path) is None
        assert not tree.exists(path)
        assert tree.content_id(path) is None


def test_links_out_of_a_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    """A symbolic link is read only when it stays inside; pipes are no files and do not block."""
    (tmp_path / "secret.c").write_text("set_memory_ro\n")
    (folder / "out.c").symlink_to(tmp_path / "secret.c")
    (folder / "outside").symlink_to(tmp_path)
    (folder / "in.c").symlink_to("mm/vmalloc.c")
    (folder / "loop.c").symlink_to("loop.c")
    os.mkfifo(folder / "pipe.c")
    tree = open_tree(folder)
    assert tree.read("out.c") is None
    assert tree.read("outside/secret.c") is None
    assert tree.read("loop.c") is None
    assert tree.read("pipe.c") is None
    assert tree.read("in.c") == FILES["mm/vmalloc.c"].encode()
    assert tree.search(["set_memory_ro"]) == ("drivers/a b/ü.c", "mm.c", "mm/vmalloc.c")
    assert sorted(FILES) == list(tree.list_files())


def test_a_link_in_git_is_no_file(repository: Path) -> None:
    """A symbolic link in a git tree is neither read nor listed nor found."""
    tree = open_tree(repository)
    assert tree.read("link.c") is None
    assert "link.c" not in list(tree.list_files())
    assert tree.search(["mm"]) == ()


def test_git_trees_open_wherever_the_objects_lie(repository: Path, tmp_path: Path) -> None:
    """Bare, worktree, shallow, shared, packed and subtree repositories give the same files."""
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare")
    git(tmp_path, "clone", "-q", "--shared", "--bare", str(repository), "shared")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "shallow")
    git(repository, "worktree", "add", "-q", str(tmp_path / "work"), "HEAD")
    (tmp_path / "shared/objects/info/alternates").write_text("../../tree/.git/objects\n")
    git(tmp_path / "bare", "gc", "-q")
    for name in ("tree", "bare", "shared", "shallow", "work"):
        tree = open_tree(tmp_path / name)
        assert tree.kind == "git"
        assert tree.rev == git(repository, "rev-parse", "HEAD").strip()
        assert tree.read("mm.c") == b"int other;\n"
    assert open_tree(tmp_path / "bare", rev="v1").read("mm.c") == FILES["mm.c"].encode()
    assert open_tree(tmp_path / "work", rev="HEAD~1").read("mm.c") == FILES["mm.c"].encode()
    assert open_tree(repository / "mm").kind == "directory"


def test_sha256_repositories_are_read(tmp_path: Path) -> None:
    """A repository with SHA-256 ids works as any other."""
    git(tmp_path, "init", "-q", "--object-format=sha256", "tree")
    (tmp_path / "tree/a.c").write_text("int a;\n")
    git(tmp_path / "tree", "add", "-A")
    git(tmp_path / "tree", "commit", "-qm", "one")
    tree = open_tree(tmp_path / "tree")
    assert len(tree.rev) == 64
    assert tree.read("a.c") == b"int a;\n"
    assert tree.search(["a"]) == ("a.c",)


@pytest.mark.parametrize("rev", ["nothing", "--upload-pack=touch x", "v1\nHEAD", "v1:mm.c", "HEAD@{upstream}"])
def test_a_wrong_revision_is_one_line(repository: Path, rev: str) -> None:
    """A revision that names no commit gives one line that says which and where."""
    with pytest.raises(TreeError) as caught:
        open_tree(repository, rev=rev)
    assert str(repository) in str(caught.value)


def test_what_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    """A missing folder, a file, a broken .git file and a repository without a commit are told apart."""
    with pytest.raises(TreeError, match="no such folder"):
        open_tree(tmp_path / "nothing")
    (tmp_path / "file").write_text("x")
    with pytest.raises(TreeError, match="not a folder"):
        open_tree(tmp_path / "file")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/.git").write_text("gitdir: ../nowhere\n")
    with pytest.raises(TreeError, match="does not lead to a git directory"):
        open_tree(tmp_path / "broken")
    git(tmp_path, "init", "-q", "empty")
    with pytest.raises(TreeError, match="no commit 'HEAD'"):
        open_tree(tmp_path / "empty")
    with pytest.raises(TreeError, match="plain folder"):
        open_tree(tmp_path, rev="v1")


def test_a_missing_or_damaged_object_is_one_line(repository: Path) -> None:
    """Where the repository lacks the content of a file it knows, that is said; the file is not called absent."""
    oid = git(repository, "rev-parse", "HEAD:mm.c").strip()
    (repository / ".git/objects" / oid[:2] / oid[2:]).unlink()
    tree = open_tree(repository)
    with pytest.raises(TreeError, match="not in the repository"):
        tree.read("mm.c")
    assert tree.read("Makefile") == MAKEFILE.encode()


def test_an_overlay_hides_adds_and_removes() -> None:
    """What lies on top wins; None removes; overlays of overlays are one."""
    base = MemoryTree({"a.c": "set_memory_ro", "b.c": "set_memory_ro", "dir/c.c": ""})
    tree = OverlayTree(OverlayTree(base, {"a.c": None, "new/d.c": b"set_memory_ro"}), {"b.c": b"gone"})
    assert list(tree.list_files()) == ["b.c", "dir/c.c", "new/d.c"]
    assert tree.search(["set_memory_ro"]) == ("new/d.c",)
    assert (tree.exists("a.c"), tree.exists("new"), tree.exists("dir")) == (False, True, True)
    assert tree.base is base


def test_a_range_of_commits_is_a_series(repository: Path) -> None:
    """BASE..TOPIC gives the patches between, their files and the commit they start from."""
    (repository / "mm.c").write_text("int third;\n")
    git(repository, "commit", "-qam", "mm: three\n\nFrom 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 "
                                      "2001\nFrom: x@y\n\nSigned-off-by: A Writer <writer@example.org>")
    series = series_from_git(repository, "v1..")
    assert [(patch.index, patch.subject) for patch in series.patches] == [(1, "two"), (2, "mm: three")]
    assert series.base_commit == git(repository, "rev-parse", "v1").strip()
    assert series.patches[1].files[0].path == "mm.c"
    assert series.patches[0].message_id == git(repository, "rev-parse", "HEAD~1").strip() + "@git"
    with pytest.raises(TreeError, match="no commit 'v9'"):
        series_from_git(repository, "v9..HEAD")
    with pytest.raises(TreeError, match="the range holds no commit"):
        series_from_git(repository, "HEAD..HEAD")
    with pytest.raises(TreeError, match="not a git repository"):
        series_from_git(repository.parent, "v1..HEAD")
    with pytest.raises(TreeError, match=f"not the top of a git repository; give --tree {repository.resolve()}$"):
        series_from_git(repository / "mm", "v1..HEAD")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A diff may name a folder as its file: there is no file of that name, and nothing is raised."""
    (tmp_path / "mm").mkdir()
    tree = DirectoryTree(tmp_path)
    assert tree.read("mm") is None
    assert tree.read("a" * 300) is None


def merged(repository: Path, resolution: str) -> None:
    """Merge two branches of the repository's head; the merge itself writes `resolution` into mm.c."""
    git(repository, "checkout", "-q", "-b", "side")
    (repository / "side.c").write_text("int side;\n")
    git(repository, "add", "side.c")
    git(repository, "commit", "-qm", "side")
    git(repository, "checkout", "-q", "-b", "topic", "HEAD~1")
    (repository / "main.c").write_text("int main_file;\n")
    git(repository, "add", "main.c")
    git(repository, "commit", "-qm", "main")
    git(repository, "merge", "-q", "--no-ff", "--no-commit", "side")
    if resolution:
        with (repository / "mm.c").open("a") as file:
            file.write(resolution)
    git(repository, "commit", "-qam", "merge side")


def test_what_a_merge_changes_itself_is_a_patch(repository: Path) -> None:
    """Behind the commits that it merges stands what its tree has and an automatic merge has not."""
    start = git(repository, "rev-parse", "HEAD").strip()
    merged(repository, "int evil;\n")
    series = series_from_git(repository, f"{start}..topic")
    assert [(patch.index, patch.subject) for patch in series.patches][2:] == [(3, "merge side")]
    assert {patch.subject for patch in series.patches} == {"side", "main", "merge side"}
    (file,) = series.patches[2].files
    assert (file.path, [line.text for line in file.hunks[0].lines if line.kind == "+"]) == ("mm.c", ["int evil;"])
    assert series.unread == ()


def test_a_merge_that_only_merges_is_no_patch(repository: Path) -> None:
    """Its change is that of the commits which it merges."""
    start = git(repository, "rev-parse", "HEAD").strip()
    merged(repository, "")
    series = series_from_git(repository, f"{start}..topic")
    assert sorted(patch.subject for patch in series.patches) == ["main", "side"]
    assert [patch.index for patch in series.patches] == [1, 2]
    assert series.unread == ()


def test_a_resolved_conflict_is_named_as_not_looked_at(repository: Path) -> None:
    """There is no other side to which the resolution could be compared."""
    start = git(repository, "rev-parse", "HEAD").strip()
    for branch, text in (("one", "int one;\n"), ("two", "int two;\n")):
        git(repository, "checkout", "-q", "-b", branch, start)
        (repository / "mm.c").write_text(text)
        git(repository, "commit", "-qam", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "one")
    (repository / "mm.c").write_text("int both;\n")
    git(repository, "commit", "-qam", "merge one")
    series = series_from_git(repository, f"{start}..two")
    assert sorted(patch.subject for patch in series.patches) == ["one", "two"]
    assert "resolves a conflict in mm.c" in series.unread[0]


def test_a_folder_answers_for_its_files_as_they_are_now(tmp_path: Path) -> None:
    """A file is read once while it stays as it is; written anew, removed, or made a link it is another one."""
    file, other = tmp_path / "a.c", tmp_path / "b.c"
    file.write_text("one")
    other.write_text("other")
    tree = DirectoryTree(tmp_path)
    assert tree.read("a.c") is tree.read("a.c")
    first = tree.content_id("a.c")
    file.write_text("second")
    assert (tree.read("a.c"), tree.content_id("a.c") == first, tree.exists("a.c")) == (b"second", False, True)
    file.unlink()
    assert (tree.read("a.c"), tree.content_id("a.c"), tree.exists("a.c")) == (None, None, False)
    file.symlink_to("b.c")
    assert (tree.read("a.c"), tree.content_id("a.c")) == (b"other", tree.content_id("b.c"))


def test_what_a_run_expects_to_ask_is_looked_for_with_the_first_of_it(folder: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that many series mention cost one pass over a folder's files, and answers do not depend on it."""
    passes: list[tuple[str, ...]] = []

    def noted(*asked: Any) -> dict[str, list[str]] | None:
        passes.append(asked[1])
        return sweep(*asked)

    monkeypatch.setattr("reviewbot.source.directory.sweep", noted)
    plain, told = DirectoryTree(folder), DirectoryTree(folder)
    told.expect(["set_memory_ro", "other", "absent_name"], prefixes=(), suffixes=(".c", ".h"))
    for words in (["set_memory_ro"], ["absent_name", "other"], ["set_memory_ro", "other"]):
        assert told.search(words) == plain.search(words)
    assert passes.count(("absent_name", "other", "set_memory_ro")) == 1
    assert len(passes) <= (1 + 2 if can_sweep() else 6)


def test_hunks_mention_functions_and_options() -> None:
    """Long names of functions that hunks call, and options that C files or lines of Kconfig files name."""
    change = ("diff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1,3 +1,3 @@\n {1}\n-{2}\n+{3}\n }}\n")
    series = series_of(
        change.format("mm/a.c", "int demo_of_it(void) {", "free(DEMO_MACRO_OF_IT());",
                      "demo_region_put(IS_ENABLED(CONFIG_DEMO_MODULE));"),
        change.format("mm/Kconfig", "config DEMO_ENTRY", "\tdepends on OLD", "\tdepends on NEW && !OTHER"))
    assert mentioned_names([series]) == (
        "CONFIG_DEMO", "CONFIG_DEMO_ENTRY", "CONFIG_NEW", "CONFIG_OLD", "CONFIG_OTHER", "demo_of_it", "demo_region_put")


def test_a_repository_says_where_it_was_cloned_from(tmp_path: Path) -> None:
    """The address of origin without a name or password in it; its own as a file where there is none of the web."""
    repo = tmp_path / "tree"
    for words in (["init", "-q", str(repo)], ["-C", str(repo), "-c", "user.name=A", "-c", "user.email=a@b.example",
                                              "commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run(["git", *words], check=True)
    assert open_tree(repo).origin == repo.as_uri()
    subprocess.run(["git", "-C", str(repo), "remote", "add", "origin", "https://me:secret@git.example/linux.git"],
                   check=True)
    assert open_tree(repo).origin == "https://git.example/linux.git"

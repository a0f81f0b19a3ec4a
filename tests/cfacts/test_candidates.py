"""The search for files with words, and what it remembers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from scanning import LATER, unpack

from reviewbot.cfacts.candidates import Candidates, Remembered, adopt, load_memory
from reviewbot.cfacts.crew import Crew
from reviewbot.cfacts.index import Index
from reviewbot.cfacts.scan import words_of
from reviewbot.source import matcher
from reviewbot.source.directory import DirectoryTree
from reviewbot.source.gittree import GitTree, Repository
from reviewbot.source.matcher import matcher_for
from reviewbot.source.trees import MemoryTree
from reviewbot.source.types import Tree

FILES = {
    "mm/one.c": "int f(void) { return set_memory_ro(1, 1); }\n",
    "mm/two.c": "int g(void) { return xset_memory_ro(1, 1); }\n",
    "mm/readme.txt": "set_memory_ro\n",
    "arch/x86/three.h": "int set_memory_x(unsigned long, int);\nint set_memory_ro(unsigned long, int);\n",
    "drivers/four.c": "int probe(void) { return set_memory_rox(1, 1); }\n",
}


def search(tree: Tree, words: list[str], remembered: Remembered, *, workers: int = 1,
           below: tuple[str, ...] = ()) -> tuple[dict[str, set[str]], Remembered, bool]:
    with Crew(workers, start=adopt, given=(remembered.folders,)) as crew:
        candidates = Candidates(tree, crew, remembered=remembered, now=LATER, below=below)
        found = {one.path: set(one.words) for one in candidates.find(words)}
        return found, load_memory(candidates.memory()), candidates.changed


NOTHING = Remembered(folders={})
BOTH = ["set_memory_ro", "set_memory_x"]
EXPECTED = {"arch/x86/three.h": {"set_memory_ro", "set_memory_x"}, "mm/one.c": {"set_memory_ro"}}


@pytest.mark.parametrize("workers", [1, 2])
def test_whole_identifiers_in_c_files_are_found(tmp_path: Path, workers: int) -> None:
    """A file counts when a word stands in it as a whole identifier and its name ends in .c or .h."""
    found, _, _ = search(unpack(tmp_path, FILES), BOTH, NOTHING, workers=workers)
    assert found == EXPECTED


def test_both_matchers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Hyperscan the answers are the same."""
    text = b"set_memory_ro(a); xset_memory_x set_memory_rox _set_memory_uc+set_memory_x"
    words = ("set_memory_ro", "set_memory_x", "set_memory_rox", "_set_memory_uc", "set_memory_uc", "memory")
    quick = matcher_for(words)(text)
    monkeypatch.setattr(matcher, "_HYPERSCAN", False)
    matcher_for.cache_clear()
    try:
        assert matcher_for(words)(text) == quick == (0, 1, 2, 3)
    finally:
        matcher_for.cache_clear()


def test_an_unchanged_tree_is_not_read_again(tmp_path: Path) -> None:
    """The second search of an unchanged tree gives the same answer and has nothing new to remember."""
    tree = unpack(tmp_path, FILES)
    _, memory, changed = search(tree, BOTH, NOTHING)
    assert changed
    (tmp_path / "mm/one.c").chmod(0o000)  # to read it again would show
    found, _, changed = search(tree, BOTH, memory)
    assert (found, changed) == (EXPECTED, False)


def test_changed_new_and_removed_files_are_seen(tmp_path: Path) -> None:
    """A folder in which a file changed, came or went is searched again, and only that one."""
    tree = unpack(tmp_path, FILES)
    _, memory, _ = search(tree, BOTH, NOTHING)
    (tmp_path / "mm/two.c").write_text("int g(void) { return set_memory_x(1, 1); }\n")
    (tmp_path / "arch/x86/three.h").unlink()
    unpack(tmp_path, {"net/new.c": "void n(void) { set_memory_x(1, 1); }\n"})
    found, memory, changed = search(tree, BOTH, memory)
    assert found == {"mm/one.c": {"set_memory_ro"}, "mm/two.c": {"set_memory_x"}, "net/new.c": {"set_memory_x"}}
    assert changed
    for file in (tmp_path / "net").iterdir():
        file.unlink()
    (tmp_path / "net").rmdir()
    found, _, _ = search(tree, BOTH, memory)
    assert sorted(found) == ["mm/one.c", "mm/two.c"]


def test_a_file_of_the_same_size_and_time_is_seen_by_its_inode(tmp_path: Path) -> None:
    """A file replaced by one of the same size and time is read again."""
    tree = unpack(tmp_path, FILES)
    _, memory, _ = search(tree, BOTH, NOTHING)
    old = tmp_path / "mm/one.c"
    status = old.stat()
    (tmp_path / "mm/other").write_text(old.read_text().replace("set_memory_ro", "set_memory_xx"))
    os.utime(tmp_path / "mm/other", ns=(status.st_atime_ns, status.st_mtime_ns))
    (tmp_path / "mm/other").rename(old)
    found, _, _ = search(tree, BOTH, memory)
    assert "mm/one.c" not in found


def test_a_file_written_this_moment_is_looked_at_again(tmp_path: Path) -> None:
    """What may still change within one time stamp is not trusted the next time."""
    tree = unpack(tmp_path, FILES)
    now = (tmp_path / "mm/one.c").stat().st_mtime_ns
    with Crew(1, start=adopt, given=({},)) as crew:
        candidates = Candidates(tree, crew, remembered=NOTHING, now=now)
        candidates.find(BOTH)
        memory = load_memory(candidates.memory())
    assert {seen.state for seen in memory.folders.values()} == {""}


def test_a_new_word_searches_only_for_itself(tmp_path: Path) -> None:
    """A later search for one more word keeps what is known of the others."""
    tree = unpack(tmp_path, FILES)
    _, memory, _ = search(tree, ["set_memory_ro"], NOTHING)
    found, memory, changed = search(tree, ["set_memory_rox", "set_memory_ro"], memory)
    assert found == {"arch/x86/three.h": {"set_memory_ro"}, "mm/one.c": {"set_memory_ro"},
                     "drivers/four.c": {"set_memory_rox"}}
    assert changed
    assert memory.words == ("set_memory_ro", "set_memory_rox")


def test_a_search_below_some_paths_leaves_the_rest_alone(tmp_path: Path) -> None:
    """PATHs limit the search, and a whole search afterwards still finds everything."""
    tree = unpack(tmp_path, FILES)
    found, memory, _ = search(tree, BOTH, NOTHING, below=("mm/one.c", "drivers"))
    assert found == {"mm/one.c": {"set_memory_ro"}}
    found, _, _ = search(tree, BOTH, memory)
    assert found == EXPECTED


def test_links_and_odd_names_do_no_harm(tmp_path: Path) -> None:
    """Links out of the tree, pipes and names that are no text are passed over or found."""
    tree = unpack(tmp_path / "tree", FILES)
    unpack(tmp_path / "out", {"secret.c": "set_memory_ro"})
    (tmp_path / "tree/link").symlink_to(tmp_path / "out")
    (tmp_path / "tree/link.c").symlink_to(tmp_path / "out/secret.c")
    os.mkfifo(tmp_path / "tree/pipe.c")
    found, _, _ = search(tree, BOTH, NOTHING)
    assert found == EXPECTED


@pytest.mark.parametrize("data", [b"", b"no zlib", None])
def test_damaged_memory_is_no_memory(data: bytes | None) -> None:
    """What cannot be read is forgotten."""
    assert load_memory(data) == NOTHING


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "change")
    return git(folder, "rev-parse", "HEAD")


def test_a_git_tree_is_compared_by_tree_objects(tmp_path: Path) -> None:
    """In git, only folders whose tree object changed are read; another revision and new words come out right."""
    git(tmp_path, "init", "-q")
    unpack(tmp_path, FILES)
    first = commit(tmp_path)
    (tmp_path / "mm/two.c").write_text("int g(void) { return set_memory_x(1, 1); }\n")
    (tmp_path / "arch/x86/three.h").unlink()
    second = commit(tmp_path)
    repository = Repository(tmp_path / ".git", where=tmp_path)
    try:
        found, memory, _ = search(GitTree(repository, first), BOTH, NOTHING)
        assert found == EXPECTED
        _, _, changed = search(GitTree(repository, first), BOTH, memory)
        assert not changed
        found, memory, _ = search(GitTree(repository, second), BOTH, memory)
        assert found == {"mm/one.c": {"set_memory_ro"}, "mm/two.c": {"set_memory_x"}}
        assert "arch" not in memory.folders
        found, _, _ = search(GitTree(repository, first), [*BOTH, "set_memory_rox"], memory)
        assert found == {**EXPECTED, "drivers/four.c": {"set_memory_rox"}}
    finally:
        repository.close()


def test_a_tree_that_is_no_folder_is_searched_in_memory() -> None:
    """A tree made of strings is searched as well."""
    found, _, _ = search(MemoryTree(FILES), BOTH, NOTHING)
    assert found == EXPECTED


def test_a_worker_that_dies_loses_only_its_item() -> None:
    """Native code that crashes on one item costs that item, not the run."""
    with Crew(2) as crew:
        got = dict(crew.each(_die_at_three, [1, 2, 3, 4], lost=lambda item: -item))
    assert got == {1: 1, 2: 2, 3: -3, 4: 4}


def _die_at_three(item: int) -> int:
    if item == 3:
        os._exit(1)
    return item


def test_shares_cover_a_folder_once(tmp_path: Path) -> None:
    """However a tree is dealt out to processes, each file is found once."""
    files = {f"drivers/d{number}/{deep}/f.c": "set_memory_ro" for number in range(9) for deep in "abc"}
    found, memory, _ = search(unpack(tmp_path, files), BOTH, NOTHING, workers=2)
    assert sorted(found) == sorted(files)
    assert isinstance(unpack(tmp_path, {}), DirectoryTree)
    assert len(memory.folders) == 27


def test_what_was_found_in_one_revision_tells_where_words_stand_in_the_next(tmp_path: Path) -> None:
    """The index answers for a tree that it knows, and one folder is searched when only that one differs."""
    folder = tmp_path / "tree"
    folder.mkdir()
    git(folder, "init", "-q")
    unpack(folder, FILES)
    first = commit(folder)
    (folder / "mm/two.c").write_text("int g(void) { return set_memory_x(1, 1); }\n")
    second = commit(folder)
    repository = Repository(folder / ".git", where=folder)
    try:
        with Index(tmp_path / "index.sqlite", stamp="a", today=1) as index:
            assert words_of(GitTree(repository, first), BOTH, index=index, now=LATER) == {
                "set_memory_ro": ("arch/x86/three.h", "mm/one.c"), "set_memory_x": ("arch/x86/three.h",)}
            tree = GitTree(repository, second)
            found = words_of(tree, BOTH, index=index, now=LATER)
        tree.know_words(found, (".c", ".h"))
        assert tree.search(["set_memory_x"]) == ("arch/x86/three.h", "mm/two.c")
    finally:
        repository.close()

"""A series on a tree: exactly, moved, with less context, from its hunks; and nothing of the user's changes."""

from __future__ import annotations

import difflib
import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from making import git, hostile_file, series_of

from reviewbot.errors import TreeError
from reviewbot.source import MemoryTree, PatchedTree, PatchState, Tree, apply_series, open_tree

LINES = [f"line {number}" for number in range(1, 41)]
TEXT = "".join(f"{line}\n" for line in LINES)


def change(path: str, old: str, new: str) -> str:
    """Return git's diff from one text to the other."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    rows = [row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n"
            for row in difflib.unified_diff(old_lines, new_lines, f"a/{path}", f"b/{path}")]
    return f"diff --git a/{path} b/{path}\n" + "".join(rows)


def only(patched: PatchedTree) -> PatchState:
    """Return the only state."""
    assert len(patched.states) == 1
    return patched.states[0]


def apply_to(text: str | bytes, diff: str, path: str = "mm/a.c") -> PatchState:
    """Return the one state of a diff on a tree of one file."""
    return only(apply_series(series_of(diff), MemoryTree({path: text, "Makefile": "VERSION = 6\nPATCHLEVEL = 1\n"})))


def test_a_patch_that_fits_is_clean() -> None:
    """The whole file before and after, the changed lines, and where each line went."""
    state = apply_to(TEXT, change("mm/a.c", TEXT, TEXT.replace("line 7\n", "new\nnewer\n").replace("line 30\n", "")))
    file = state.files[0]
    assert (state.applies, file.note, state.note) == ("clean", "", "")
    assert file.before == TEXT.encode()
    assert file.after == TEXT.replace("line 7\n", "new\nnewer\n").replace("line 30\n", "").encode()
    assert (file.added, file.removed) == ({7, 8}, {7, 30})
    assert file.line_map.pairs == ((1, 1, 6), (8, 9, 22), (31, 31, 10))
    assert [file.line_map.to_new(line) for line in (6, 7, 8, 30, 40)] == [6, None, 9, None, 40]
    assert [file.line_map.to_old(line) for line in (7, 8, 9, 40)] == [None, None, 8, 40]
    assert state.before.read("mm/a.c") == file.before
    assert state.after.read("mm/a.c") == file.after
    assert (file.known_old, file.known_new) == ((), ())


def test_moved_hunks_are_an_offset() -> None:
    """Lines that stand elsewhere are found; git's words and the true line numbers are given."""
    diff = change("mm/a.c", TEXT, TEXT.replace("line 20\n", "new\n").replace("line 35\n", "newer\n"))
    file = apply_to("top\n" * 5 + TEXT, diff).files[0]
    assert (file.applies, file.note) == ("offset", "hunk #1 succeeded at 22 (offset 5 lines) and 1 more")
    assert (file.added, file.removed) == ({25, 40}, {25, 40})


def test_less_context_is_fuzz_and_says_how_much() -> None:
    """Two lines of context are tried before one, and the note names the one that was needed."""
    diff = change("mm/a.c", TEXT, TEXT.replace("line 20\n", "new\n"))
    two = apply_to(TEXT.replace("line 17\n", "other\n"), diff).files[0]
    assert two.applies == "fuzz"
    assert two.note == ("applied with two lines of context: context reduced at line 18 (2 before, 2 after); "
                        "exactly: patch failed: mm/a.c:17 (hunk 1 of 1)")
    one = apply_to("top\n" + TEXT.replace("line 22\n", "other\n"), diff).files[0]
    assert one.applies == "fuzz"
    assert one.note.startswith("applied with one line of context")
    assert (one.added, one.removed) == ({21}, {21})


def test_what_fits_nowhere_stays_a_fragment_and_the_rest_is_placed() -> None:
    """The hunk without a place stands behind the file's lines, and the tree gets the other one alone."""
    new = TEXT.replace("line 3\n", "x\n").replace("line 20\n", "new\n")
    state = apply_to(TEXT.replace("line 20\n", "changed\n"), change("mm/a.c", TEXT, new))
    file = state.files[0]
    assert file.applies == state.applies == "merged"
    assert not file.whole
    assert file.note == ("no place for hunk 2 of 2, read from the mail alone; "
                         "exactly: patch failed: mm/a.c:17 (hunk 2 of 2)")
    assert file.known_old == file.known_new == ((1, 40), (42, 48))
    assert (file.added, file.removed) == ({3, 45}, {3, 45})
    assert file.after is not None
    lines = file.after.decode().split("\n")
    assert (lines[2], lines[19], lines[40], lines[44]) == ("x", "changed", "", "new")
    assert state.after.read("mm/a.c") == TEXT.replace("line 3\n", "x\n").replace("line 20\n", "changed\n").encode()


def test_a_patch_of_which_nothing_fits_is_a_fragment_in_gits_words() -> None:
    """The hunk's lines are known, the tree stays as it is."""
    state = apply_to(TEXT.replace("line 20\n", "changed\n"), change("mm/a.c", TEXT, TEXT.replace("line 20\n", "x\n")))
    assert (state.applies, state.files[0].note) == ("fragment", "patch failed: mm/a.c:17 (hunk 1 of 1)")
    assert state.after.read("mm/a.c") == state.before.read("mm/a.c")


def test_only_the_files_that_fail_fall_back() -> None:
    """One file of a patch goes down the ladder, the others stay clean; later patches of it use their hunks."""
    good, bad = (change(path, TEXT, TEXT.replace("line 5\n", "new\n")) for path in ("a.c", "b.c"))
    bad_later, good_later = (change(path, TEXT, TEXT.replace("line 30\n", "n\n")) for path in ("b.c", "a.c"))
    tree = MemoryTree({"a.c": TEXT, "b.c": TEXT.replace("line 5\n", "5\n")})
    patched = apply_series(series_of(good + bad, bad_later + good_later), tree)
    assert [[(file.path, file.applies) for file in state.files] for state in patched.states] == [
        [("a.c", "clean"), ("b.c", "fragment")], [("b.c", "offset"), ("a.c", "clean")]]
    assert patched.states[1].files[0].note.endswith("exactly: a hunk of an earlier patch has no place in this file")
    assert patched.states[1].files[0].known_old == ((1, 40), (42, 48)), "what the first patch showed is remembered"
    assert patched.end.read("b.c") == TEXT.replace("line 5\n", "5\n").replace("line 30\n", "n\n").encode()
    after = patched.end.read("a.c")
    assert after is not None
    assert b"new\n" in after
    assert b"\nn\n" in after


def test_a_series_that_is_in_the_tree_already_is_taken_out_first() -> None:
    """Every patch of it is recognised by its reverse, from the last to the first, and then put on again."""
    one, two = TEXT.replace("line 20\n", "new\n"), TEXT.replace("line 20\n", "newer\n")
    patched = apply_series(series_of(change("a.c", TEXT, one), change("a.c", one, two)), MemoryTree({"a.c": two}))
    assert [state.applies for state in patched.states] == ["reversed", "reversed"]
    assert patched.states[0].files[0].note == "the tree has this change already: it was taken out first"
    assert [patched.start.read("a.c"), *(state.after.read("a.c") for state in patched.states)] == [
        TEXT.encode(), one.encode(), two.encode()]


def test_a_series_of_which_the_tree_has_a_part_is_taken_out_as_far() -> None:
    """The patch that the tree has is taken out, the next one is put on for the first time."""
    one = TEXT.replace("line 20\n", "new\n")
    later = one.replace("line 22\n", "more\n")
    patched = apply_series(series_of(change("a.c", TEXT, one), change("a.c", one, later)), MemoryTree({"a.c": one}))
    assert [state.applies for state in patched.states] == ["reversed", "clean"]
    assert patched.end.read("a.c") == later.encode()


def test_files_come_go_move_and_change_their_mode(tmp_path: Path) -> None:
    """New, deleted, renamed, copied, mode-changed and last-line files are as git makes them."""
    git(tmp_path, "init", "-q", "work")
    work = tmp_path / "work"
    start = {name: f"{name}\n{TEXT}" for name in ("gone.c", "moved.c", "source.c", "mode.sh", "tail.c")}
    for name, text in start.items():
        (work / name).write_text(text)
    git(work, "add", "-A")
    git(work, "commit", "-qm", "one")
    (work / "gone.c").unlink()
    (work / "dir").mkdir()
    (work / "moved.c").unlink()
    (work / "dir/ä b.c").write_text(start["moved.c"].replace("line 9\n", "nine\n"))
    (work / "copy.c").write_text(start["source.c"])
    (work / "source.c").write_text(start["source.c"] + "more\n")
    (work / "mode.sh").chmod(0o755)
    (work / "tail.c").write_text(start["tail.c"] + "no end")
    (work / "fresh.c").write_text("int a;\nint b;")
    git(work, "add", "-A")
    diff = git(work, "diff", "--cached", "-M", "-C")
    states = [only(apply_series(series_of(diff), tree)) for tree in (
        open_tree(work), MemoryTree(start))]
    for state in states:
        assert {file.path: file.applies for file in state.files} == dict.fromkeys(
            ("copy.c", "dir/ä b.c", "fresh.c", "gone.c", "mode.sh", "source.c", "tail.c"), "clean")
        files = {file.path: file for file in state.files}
        assert (files["gone.c"].after, files["fresh.c"].before) == (None, None)
        assert files["dir/ä b.c"].old_path == "moved.c"
        assert files["dir/ä b.c"].note == "renamed from moved.c"
        assert files["dir/ä b.c"].added == files["dir/ä b.c"].removed == {10}
        assert files["fresh.c"].after == b"int a;\nint b;"
        assert files["fresh.c"].added == {1, 2}
        assert files["gone.c"].removed == set(range(1, 42))
        assert files["tail.c"].after == (start["tail.c"] + "no end").encode()
        assert files["mode.sh"].added == files["mode.sh"].removed == set()
        assert list(state.after.list_files()) == ["copy.c", "dir/ä b.c", "fresh.c", "mode.sh", "source.c", "tail.c"]


def test_new_files_that_exist_and_deleted_files_that_do_not() -> None:
    """The tree is ahead of the series: what is there is taken out, and what is gone is put back."""
    new = ("diff --git a/n.c b/n.c\nnew file mode 100644\nindex 000000000000..111111111111\n--- /dev/null\n+++ b/n.c\n"
           "@@ -0,0 +1,2 @@\n+int a;\n+int b;\n")
    gone = ("diff --git a/g.c b/g.c\ndeleted file mode 100644\nindex 111111111111..000000000000\n--- a/g.c\n"
            "+++ /dev/null\n@@ -1,2 +0,0 @@\n-int a;\n-int b;\n")
    state = only(apply_series(series_of(new + gone), MemoryTree({"n.c": "int old;\n"})))
    first, second = state.files
    assert (first.applies, first.before, first.after) == ("reversed", None, b"int a;\nint b;\n")
    assert (second.applies, second.before, second.after) == ("reversed", b"int a;\nint b;\n", None)
    assert (state.before.read("n.c"), state.after.read("g.c")) == (None, None)


def test_crlf_files_take_patches_that_mail_has_stripped() -> None:
    """A file whose every line ends in CRLF is patched whether or not the mail kept the CR."""
    crlf = TEXT.replace("\n", "\r\n")
    kept = change("mm/a.c", crlf, crlf.replace("line 9\r\n", "nine\r\n"))
    for diff in (kept, kept.replace("\r\n", "\n")):
        file = apply_to(crlf, diff).files[0]
        assert file.applies == "clean"
        assert file.after == crlf.replace("line 9\r\n", "nine\r\n").encode()
        assert file.added == file.removed == {9}


def test_binary_files_are_skipped_with_a_note() -> None:
    """A binary diff without its bytes fails alone; the rest of the patch applies."""
    binary = "diff --git a/x.bin b/x.bin\nindex 1111111..2222222 100644\nBinary files a/x.bin and b/x.bin differ\n"
    series = series_of(binary + change("a.c", TEXT, TEXT + "x\n"))
    state = only(apply_series(series, MemoryTree({"a.c": TEXT, "x.bin": b"\0"})))
    assert [(file.applies, file.note) for file in state.files] == [
        ("failed", "a binary file, which is not looked at"), ("clean", "")]


@pytest.mark.parametrize("path", ["../../evil.c", "/etc/evil.c", ".git/config", "a/../../evil.c"])
def test_hostile_paths_touch_nothing(tmp_path: Path, path: str) -> None:
    """A diff whose path leaves the tree is refused, whatever its raw header says."""
    (tmp_path / "tree").mkdir()
    raw = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+evil\n"
    series = series_of(hostile_file(path, raw))
    state = only(apply_series(series, open_tree(tmp_path / "tree")))
    assert (state.files[0].applies, state.files[0].note) == ("failed", "its path leaves the tree")
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == ["tree"]
    # The paths that were checked are the ones that git gets, even when the raw header names others.
    lying = only(apply_series(series_of(hostile_file("ok.c", raw)), MemoryTree({"a.c": "a\n"})))
    assert (lying.files[0].applies, list(lying.after.list_files())) == ("clean", ["a.c", "ok.c"])


def test_damaged_patches_do_not_spoil_their_neighbours() -> None:
    """A hunk with a wrong count makes git refuse the whole text; the sound file is applied all the same."""
    broken = change("b.c", TEXT, TEXT.replace("line 5\n", "z\n")).replace("@@ -2,7 +2,7 @@", "@@ -2,17 +2,17 @@")
    sound = change("a.c", TEXT, TEXT.replace("line 5\n", "new\n"))
    state = only(apply_series(series_of(broken + sound), MemoryTree({"a.c": TEXT, "b.c": TEXT})))
    assert [(file.path, file.applies) for file in state.files] == [("b.c", "fragment"), ("a.c", "clean")]
    assert "corrupt patch" in state.files[0].note


def test_a_header_that_names_a_huge_line_costs_nothing() -> None:
    """A hunk far outside any file is refused, not filled up with empty lines."""
    huge = change("a.c", TEXT, TEXT.replace("line 5\n", "z\n"))
    huge = huge.replace("@@ -2,7 +2,7 @@", "@@ -90000002,7 +90000002,7 @@")
    state = only(apply_series(series_of(huge), MemoryTree({"a.c": "other\n"})))
    assert state.files[0].applies == "failed"
    assert "name more than" in state.files[0].note


def test_a_patch_that_keeps_git_busy_falls_back_to_its_hunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """When git apply does not end in time the hunks are placed without it, and the note says why."""
    monkeypatch.setattr("reviewbot.source.gitapply._PATIENCE", 0.0)
    file = apply_to("first\n" + TEXT, change("mm/a.c", TEXT, TEXT.replace("line 7\n", "new\n"))).files[0]
    assert file.applies == "offset"
    assert "git apply took longer than 0 seconds" in file.note


def fingerprint(folder: Path) -> dict[str, tuple[str, int, int, int]]:
    """Return content, mode, size and times of everything in the folder."""
    state = {}
    for path in sorted(folder.rglob("*"), key=str):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else os.fsencode(str(path))
        state[str(path)] = (hashlib.sha256(content).hexdigest(), status.st_mode, status.st_mtime_ns, status.st_ctime_ns)
    return state


def make_repository(folder: Path) -> None:
    """Make a repository with two commits, tags, a stash-like dirty index and a reflog."""
    git(folder.parent, "init", "-q", "-b", "master", folder.name)
    for number, text in enumerate((TEXT, TEXT.replace("line 1\n", "first\n"), TEXT.replace("line 2\n", "second\n"))):
        (folder / "a.c").write_text(text)
        (folder / "Makefile").write_text(f"VERSION = 6\nPATCHLEVEL = {number}\n")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", f"commit {number}", when=number * 100)
        git(folder, "tag", f"v6.{number}")


def test_nothing_of_the_users_changes(tmp_path: Path) -> None:
    """Index, work tree, objects, refs and reflogs are byte for byte, and by their times, what they were."""
    folder = tmp_path / "linux"
    make_repository(folder)
    (folder / "a.c").write_text("edited, not committed\n")
    (folder / "staged.c").write_text("staged\n")
    git(folder, "add", "staged.c")
    before = fingerprint(folder)
    tree = open_tree(folder)
    series = series_of(change("a.c", TEXT, TEXT.replace("line 9\n", "x\n")), change("a.c", "q\n", "w\n"))
    patched = apply_series(series, tree)
    assert [state.applies for state in patched.states] == ["clean", "fragment"]
    assert list(patched.end.list_files()) == ["Makefile", "a.c"]
    assert tree.search(["line"], suffixes=(".c",)) == ("a.c",)
    assert fingerprint(folder) == before
    read_only = tmp_path / "folder"
    read_only.mkdir()
    (read_only / "a.c").write_text(TEXT)
    before = fingerprint(read_only)
    assert apply_series(series_of(change("a.c", TEXT, "x\n" + TEXT)), open_tree(read_only)).states[0].applies == "clean"
    assert fingerprint(read_only) == before


def test_the_base_is_named_or_found(tmp_path: Path) -> None:
    """--base wins, then base-commit, then the newest revision with the blobs of the index lines, then HEAD."""
    folder = tmp_path / "linux"
    make_repository(folder)
    old, middle, newest = (git(folder, "rev-parse", f"v6.{number}").strip() for number in range(3))
    tree = open_tree(folder)
    blob = git(folder, "rev-parse", "v6.1:a.c").strip()
    text = TEXT.replace("line 1\n", "first\n")
    plain = change("a.c", text, text.replace("line 2\n", "2\n"))
    with_index = plain.replace("\n--- a/", f"\nindex {blob[:10]}..{'1' * 10} 100644\n--- a/")

    found = apply_series(series_of(with_index), tree).base
    assert (found.how, found.rev, found.kernel, found.kind) == ("blob-ids", middle, "6.1", "git")
    assert apply_series(series_of(with_index), tree, base="v6.1").base.how == "option"
    assert apply_series(series_of(plain, base_commit=middle), tree).base.how == "base-commit"
    newest_base = apply_series(series_of(change("a.c", TEXT, TEXT.replace("line 30\n", "x\n"))), tree).base
    assert (newest_base.how, newest_base.rev, newest_base.tried) == ("newest", newest, ())
    assert apply_series(series_of(plain), open_tree(folder, rev="v6.0")).base.rev == old


def test_every_base_that_was_tried_is_reported(tmp_path: Path) -> None:
    """An unknown base-commit, near misses and the first failing hunk stand in the base, in git's words."""
    folder = tmp_path / "linux"
    make_repository(folder)
    diff = change("a.c", TEXT.replace("line 20\n", "other\n"), TEXT.replace("line 20\n", "x\n"))
    diff = diff.replace("\n--- a/", "\nindex 123456789..987654321 100644\n--- a/")
    base = apply_series(series_of(diff, base_commit="1" * 40), open_tree(folder)).base
    assert base.how == "newest"
    assert base.tried[0] == ("1" * 40, "the mail's base-commit is not in this repository")
    assert base.tried[1] == ("v6.2", "1 of 1 files differ from the patches' index lines, first a.c")
    assert base.tried[-1] == ("HEAD", "the series does not apply: patch 1: patch failed: a.c:17 (hunk 1 of 1)")
    with pytest.raises(TreeError, match="no commit 'v9'"):
        apply_series(series_of(diff), open_tree(folder), base="v9")
    with pytest.raises(TreeError, match="not a git repository"):
        apply_series(series_of(diff), MemoryTree({}), base="v9")


def test_the_same_input_gives_the_same_result(tmp_path: Path) -> None:
    """Two runs on git and on a folder agree in everything but where the tree came from."""
    folder = tmp_path / "linux"
    make_repository(folder)
    series = series_of(change("a.c", TEXT, TEXT.replace("line 9\n", "x\n")), change("a.c", "q\n", "w\n"))
    trees: list[Tree] = [open_tree(folder), open_tree(folder), MemoryTree({"a.c": (folder / "a.c").read_bytes()})]
    results = [[replace(file, note="") for state in apply_series(series, tree).states for file in state.files]
               for tree in trees]
    assert results[0] == results[1] == results[2]


def test_a_file_that_the_tree_has_otherwise_is_another_form() -> None:
    """A new file of which the tree has other lines, and hunks whose lines came in a later version, are told apart."""
    added = ("diff --git a/mm/new.c b/mm/new.c\nnew file mode 100644\n--- /dev/null\n+++ b/mm/new.c\n@@ -0,0 +1,2 @@\n"
             "+int one;\n+int two;\n")
    patched = apply_series(series_of(added), MemoryTree({"mm/new.c": "int one;\nint three;\n"}))
    assert patched.states[0].files[0].note == "the tree has another form of this change: it was taken out first"
    old = "".join(f"\tdo_something(number_{n}, {n});\n" for n in range(9))
    new = old.replace("\tdo_something(number_4, 4);\n", "\tdo_something_else(number_4);\n")
    other = new.replace("do_something(", "do_anything(").replace("_4);\n\tdo_any", "_4);\n\tand_more();\n\tdo_any")
    state = apply_to(other, change("mm/a.c", old, new))
    assert state.applies == "fragment"
    assert state.files[0].note.startswith("the tree has another form of this change: patch failed")

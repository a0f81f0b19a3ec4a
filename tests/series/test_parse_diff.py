"""Files, names and hunks out of diffs, also damaged and hostile ones."""

from __future__ import annotations

import pytest
from mail_maker import diff

from reviewbot.series import parse_diff

HUNK = "@@ -1,2 +1,2 @@ int f(void)\n a\n-b\n+c\n"


def header(old: str, new: str) -> str:
    return f"--- {old}\n+++ {new}\n{HUNK}"


def test_lines_carry_both_numbers() -> None:
    """Every line of a hunk knows its number before and after."""
    (file,) = parse_diff(f"Text.\n---\n{diff()}-- \n2.43.0\n").files
    (hunk,) = file.hunks
    assert (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count) == (10, 3, 10, 3)
    assert hunk.section == "int widget_protect(struct page *page)"
    assert [(line.kind, line.old_line, line.new_line) for line in hunk.lines] == [
        (" ", 10, 10), ("-", 11, None), ("+", None, 11), (" ", 12, 12)]
    assert file.raw == diff()
    assert (file.old_blob, file.new_blob) == ("1111111", "2222222")


@pytest.mark.parametrize(("old", "new", "paths"), [
    ("a/mm/x.c", "b/mm/x.c", ("mm/x.c", "mm/x.c")),
    ("linux-5.10.orig/mm/x.c", "linux-5.10/mm/x.c", ("mm/x.c", "mm/x.c")),
    ("a/mm/x.c~why-we-do-it", "a/mm/x.c", ("mm/x.c", "mm/x.c")),
    ("mm/x.c", "mm/x.c", ("mm/x.c", "mm/x.c")),
    ("a/mm/x.c\t2025-01-01 10:00:00.000 +0100", "b/mm/x.c\t2025-01-01", ("mm/x.c", "mm/x.c")),
    ("linux-6.12.orig/mm/x.c\t1970-01-01 01:00:00.000000000 +0100", "linux-6.12/mm/x.c\t2026-01-05 10:00:00 +0100",
     ("", "mm/x.c")),
    ("old/mm/x.c\t2026-01-05 10:00:00 -0500", "new/mm/x.c\t1969-12-31 19:00:00.000000000 -0500", ("mm/x.c", "")),
    ("old/mm/x.c\tThu Jan  1 00:00:00 1970", "new/mm/x.c\tMon Jan  5 10:00:00 2026", ("", "mm/x.c")),
    ("mm/x.c\t(revision 0)", "mm/x.c\t(working copy)", ("", "mm/x.c")),
    ("/dev/null\t2026-01-05 10:00:00", "linux-6.12/mm/x.c\t2026-01-05 10:00:00", ("", "mm/x.c")),
    ("../linux.orig/mm/x.c", "../linux/mm/x.c", ("mm/x.c", "mm/x.c")),
    ("/usr/src/linux.orig/mm/x.c", "/usr/src/linux/mm/x.c", ("mm/x.c", "mm/x.c")),
    ("linux/mm/x.c.orig\t2026-01-05 10:00", "linux/mm/x.c\t2026-01-05 10:00", ("mm/x.c", "mm/x.c")),
    ("/dev/null", "b/mm/x.c", ("", "mm/x.c")),
    ("a/mm/x.c", "/dev/null", ("mm/x.c", "")),
    ('"a/mm/\\303\\274.c"', '"b/mm/\\303\\274.c"', ("mm/ü.c", "mm/ü.c")),
])
def test_names_of_plain_diffs(old: str, new: str, paths: tuple[str, str]) -> None:
    """Prefixes, backups, time stamps and git's quotes are undone."""
    (file,) = parse_diff(header(old, new)).files
    assert (file.old_path, file.new_path) == paths


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "mm/../../x.c", ".git/hooks/post-checkout",
                                  "mm/.GIT/config", "~/x", "a//b", "mm/\\001.c"])
def test_names_that_leave_the_tree_are_left_out(name: str) -> None:
    """A diff cannot name a file outside the tree or inside .git, and the change is not silently gone."""
    quoted = f'"b/{name}"' if "\\" in name else f"b/{name}"
    found = parse_diff(header(quoted.replace("b/", "a/", 1), quoted) + diff())
    assert [file.path for file in found.files] == ["mm/widget.c"]
    assert "leaves the tree" in found.warnings[0]


@pytest.mark.parametrize("name", ["../x", "/x", ".git/x"])
def test_renames_that_leave_the_tree_are_left_out(name: str) -> None:
    """The rename lines have no prefix; they are held to the same rule."""
    text = f"diff --git a/mm/x.c b/{name}\nsimilarity index 100%\nrename from mm/x.c\nrename to {name}\n"
    found = parse_diff(text)
    assert found.files == ()
    assert found.warnings


def test_renames_modes_and_binaries_have_no_hunks() -> None:
    """What git says without content is kept as raw text for git apply."""
    text = ("diff --git a/mm/x.c b/mm/y.c\nsimilarity index 100%\nrename from mm/x.c\nrename to mm/y.c\n"
            "diff --git a/tools/run b/tools/run\nold mode 100644\nnew mode 100755\n"
            "diff --git a/logo.gif b/logo.gif\nindex 1111111..2222222 100644\n"
            "GIT binary patch\nliteral 3\nKcmZQzU}69O\n\nliteral 0\nHcmV?d00001\n\n-- \n2.43.0\n")
    files = parse_diff(text).files
    assert [(file.old_path, file.new_path, file.binary, len(file.hunks)) for file in files] == [
        ("mm/x.c", "mm/y.c", False, 0), ("tools/run", "tools/run", False, 0), ("logo.gif", "logo.gif", True, 0)]
    assert "HcmV?d00001" in files[2].raw


def test_new_and_deleted_files_have_one_name() -> None:
    """An empty path stands for the side on which the file is not."""
    new = ("diff --git a/mm/n.c b/mm/n.c\nnew file mode 100644\nindex 000000000000..2222222\n"
           "--- /dev/null\n+++ b/mm/n.c\n@@ -0,0 +1 @@\n+x\n")
    gone = ("diff --git a/mm/o.c b/mm/o.c\ndeleted file mode 100644\nindex 2222222..000000000000\n"
            "--- a/mm/o.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n")
    files = parse_diff(new + gone).files
    assert [(file.old_path, file.new_path) for file in files] == [("", "mm/n.c"), ("mm/o.c", "")]
    assert files[0].hunks[0].lines[0].new_line == 1


def test_what_follows_the_diff_is_not_part_of_it() -> None:
    """Signature, base and list footers stay outside, and a removed '-- ' line stays inside."""
    text = ("diff --git a/x.sql b/x.sql\n--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1 @@\n keep\n--- note\n"
            "\nbase-commit: 1234567890ab\n-- \n2.43.0\n_______\nlist mailing list\n")
    (file,) = parse_diff(text).files
    assert [line.text for line in file.hunks[0].lines] == ["keep", "-- note"]
    assert file.raw.endswith("--- note\n")


@pytest.mark.parametrize(("hunk", "problem"), [
    ("@@ -1,9 +1,9 @@\n a\n-b\n+c\n", "shorter"),
    ("@@ -1,2 +1,2 @@\n a\n-b\n+c\n+d\nwords\n", "does not have the lines"),
    ("@@ -x +y @@\n a\n", "no readable header"),
    ("@@ -1,999999999999 +1,2 @@\n a\n", "no readable header"),
    ("@@ -1,2 +1,2 @@\n a\nwrapped\n-b\n+c\n", "shorter"),
])
def test_broken_hunks_become_notices(hunk: str, problem: str) -> None:
    """A damaged hunk is named; the file's other hunks and the other files are read."""
    text = f"diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-a\n+b\n{hunk}{diff()}"
    found = parse_diff(text)
    assert [file.path for file in found.files] == ["mm/x.c", "mm/widget.c"]
    assert len(found.files[0].hunks) == 1
    assert hunk.splitlines()[0] in found.files[0].raw
    assert "hunk 2" in found.warnings[0]
    assert problem in found.warnings[0]


def test_context_lines_that_lost_their_blank_are_context() -> None:
    """Mailers strip trailing blanks; git apply accepts that too."""
    (file,) = parse_diff("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n").files
    assert [(line.kind, line.text) for line in file.hunks[0].lines] == [(" ", "a"), (" ", ""), ("-", "b"), ("+", "c")]


def test_quoted_diffs_are_no_diffs() -> None:
    """Quoting with any mark leaves nothing at the start of the line."""
    quoted = "".join(f"> {line}\n" for line in diff().splitlines())
    assert parse_diff(quoted).files == ()


LONG = "set_memory_ro((unsigned long)module->core_layout.base_address_of_it,"
STAMPED = "--- a/mm/x.c 2026-01-05 10:00:00.000000000\n+0100\n+++ b/mm/x.c 2026-01-05 10:00:00.000\n+0100\n"
NAMES = "--- a/mm/x.c\n+++ b/mm/x.c\n"


@pytest.mark.parametrize(("text", "added"), [
    (f"{NAMES}@@ -1,2 +1,2 @@ static struct widget *widget_look_up_by_address_range(struct\nregistry *r)\n a\n-b\n+c\n",
     ["c"]),
    (f"{NAMES}@@ -1,2\n+1,2 @@ int f(void)\n a\n-b\n+c\n", ["c"]),
    (f"{NAMES}@@ -1,2 +1,2\n@@ int f(void)\n a\n-b\n+c\n", ["c"]),
    (f"{NAMES}@@ -1,3 +1,3 @@\n a\n-b\n+\t{LONG}\nmodule->pages);\n c\n", [f"\t{LONG} module->pages);"]),
    (f"{NAMES}@@ -1,3 +1,3 @@\n a\n-b\n+c\n \t{LONG}\nmodule->pages);\n-- \n2.43.0\n", ["c"]),
    (f"{NAMES}@@ -1,3 +1,3 @@\n\ta\n-b\n+c\n}}\n-- \n2.43.0\n", ["c"]),
    (f"{STAMPED}@@ -1,2 +1,2 @@\n a\n-b\n+c\n", ["c"]),
    (f"diff --git a/mm/x.c\nb/mm/x.c\nindex 1111111..2222222 100644\n{NAMES}@@ -1,2 +1,2 @@\n a\n-b\n+c\n", ["c"]),
    (f"diff --git a/mm/x.c b/mm/x.c\n{NAMES}@@ -1,2 +1,2 @@\n a\n-b\n+c\n-- ".replace("\n", 2 * "\n"), ["c"]),
    (f"{NAMES}@@ -1,2 +1,2 @@\n a\n-b\n+\u00a0\u00a0\u00a0\u00a0c\n", ["    c"]),
    (f"{NAMES}@@ -1,2 +1,2 @@\n a\n-b\n+p-&gt;c = &amp;d;\n", ["p->c = &d;"]),
], ids=["section", "header", "header-end", "added", "last-line", "lost-blank", "time-stamp", "git-line", "spaced",
        "hard-blank", "entity"])
def test_what_a_mailer_did_is_undone_and_said(text: str, added: list[str]) -> None:
    """A diff whose lines were broken, stripped or spelled otherwise on its way is read as it was sent."""
    found = parse_diff(text)
    assert found.warnings == ()
    assert found.mended
    (file,) = found.files
    assert file.path == "mm/x.c"
    assert [line.text for hunk in file.hunks for line in hunk.lines if line.kind == "+"] == added


@pytest.mark.parametrize("text", [
    f"{NAMES}@@ -1,3 +1,3 @@\n a\n-b\n+if (x < y && z)\n c\n",
    f"{diff()}-- \n2.43.0\n",
    f"{diff()}\nSome words behind it.\n",
    f"{NAMES}@@ -1,3 +1,3 @@\n a\n-b\n+printf(\"&lt; %d\", a < b);\n c\n",
])
def test_a_whole_diff_is_left_alone(text: str) -> None:
    """Nothing is mended where the counts fit."""
    assert parse_diff(text).mended == ""


@pytest.mark.parametrize("behind", ["-- \n2.43.0\n", diff()])
def test_a_hunk_that_was_edited_by_hand_is_counted_anew(behind: str) -> None:
    """More lines than the header says, with git's own words behind them, are all there; that it was done is said."""
    found = parse_diff(f"--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@ f()\n a\n-b\n+c\n+d\n{behind}")
    assert [(line.kind, line.text) for line in found.files[0].hunks[0].lines] == [
        (" ", "a"), ("-", "b"), ("+", "c"), ("+", "d")]
    assert (found.files[0].hunks[0].new_count, found.files[0].hunks[0].section) == (3, "f()")
    assert "the counts of 1 hunk were smaller" in found.mended
    assert found.warnings == ()


@pytest.mark.parametrize("behind", ["+1 from me\n", "\n- Ada\n-- \nAda's signature\n", "+d\n"])
def test_words_behind_a_hunk_are_not_counted_to_it(behind: str) -> None:
    """What looks like a line and has no diff behind it may be somebody's words."""
    found = parse_diff(f"--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n{behind}")
    assert "counts" not in found.mended


def test_minus_signs_that_became_dashes_are_minus_signs() -> None:
    """No line of a diff begins with an en dash."""
    found = parse_diff("--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,3 @@\n a\n\u2013\tb;\n+\tc;\n d\n")
    assert [line.kind for line in found.files[0].hunks[0].lines] == [" ", "-", "+", " "]
    assert "minus signs had become dashes" in found.mended


def test_a_header_that_begins_at_line_nought_is_read_from_line_one() -> None:
    """Only a side without lines may begin at 0; else every line number would be one that no file has."""
    [file] = parse_diff("--- a/mm/demo.c\n+++ b/mm/demo.c\n@@ -0,2 +0,3 @@\n int a;\n+int b;\n int c;\n").files
    [hunk] = file.hunks
    assert (hunk.old_start, hunk.new_start) == (1, 1)
    assert [(line.old_line, line.new_line) for line in hunk.lines] == [(1, 1), (None, 2), (2, 3)]

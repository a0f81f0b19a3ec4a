"""What the tree has of a hunk is told by the lines that the hunk changes, whatever stands around them."""

from __future__ import annotations

from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series
from reviewbot.source.types import PatchedFile

HEAD = """From: A <a@kernel.example>
Subject: [PATCH] demo: check at one place
Date: Tue, 4 Mar 2025 10:00:00 +0000
Message-ID: <a@kernel.example>

Check it at one place.

---
diff --git a/mm/demo.c b/mm/demo.c
--- a/mm/demo.c
+++ b/mm/demo.c
"""
SHOWN = """@@ -20,3 +20,13 @@ void demo_walk(struct demo *d)
 \t/* tell the last one */
 \td->note(d, 0, -1);
 }
+
+static int demo_show(struct demo_file *m)
+{
+\tif (demo_check_all(m->demo))
+\t\tdemo_puts(m, "PASSED");
+\telse
+\t\tdemo_puts(m, "FAILED");
+
+\treturn 0;
+}
"""
GONE = """@@ -40,8 +50,6 @@ void demo_seal(struct demo *d)
 \tdemo_update(d->text_start, d->text_end,
 \t\t    DEMO_READ_ONLY);
_
-\tdemo_check_now(d);
-
 \tdemo_seal_done(d);
 }
_
""".replace("\n_\n", "\n \n")
WALK = """void demo_walk(struct demo *d)
{
\tdemo_lock(d);
\t/* tell the last one */
\td->note_flush(d);
}
"""
SHOW = """
static int demo_show(struct demo_file *m)
{
\tif (demo_check_all(m->demo))
\t\tdemo_puts(m, "PASSED");
\telse
\t\tdemo_puts(m, "FAILED");

\treturn 0;
}
"""
SEAL = """
void demo_seal(struct demo *d)
{
\tdemo_update(d->text_start, d->text_end,
\t\t    DEMO_READ_ONLY);
\tdemo_update_more(d);
\tdemo_seal_done(d);
}
"""
OTHER_SEAL = """
void demo_seal(struct demo *d)
{
\tdemo_seal_by_parts(d->parts);
\tdemo_count_parts(d->parts);
}

void demo_seal_again(struct demo *d)
{
\tdemo_check_now(d);
}
"""


def _file(hunks: str, there: str) -> PatchedFile:
    [series] = find_series(read_source(f"{HEAD}{hunks}--\n2.39\n".encode(), name="demo")).series
    [state] = apply_series(series, MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n",
                                               "mm/demo.c": there.encode()})).states
    return state.files[0]


def test_a_block_that_stands_whole_in_the_file_is_there_whatever_is_above_it() -> None:
    """A function that a hunk adds stands in the tree behind a line that came to read otherwise: it is taken out."""
    file = _file(SHOWN, WALK + SHOW)
    assert file.applies == "merged"
    assert file.note.startswith("the tree has this change already: it was taken out first")
    assert file.before == WALK.encode()
    assert file.after == (WALK + SHOW).encode()


def test_lines_that_are_gone_from_their_function_are_no_hunk_without_a_place() -> None:
    """Of a patch that the tree has, a hunk only takes a call away that is gone; what was beside it is another now."""
    file = _file(SHOWN + GONE, WALK + SHOW + SEAL)
    assert file.had
    assert not file.unplaced


def test_lines_that_a_quite_different_function_does_not_have_were_not_taken_away() -> None:
    """The function of the hunk has nothing of what the hunk shows of it: that a call is not in it says nothing. It is
    made in another one."""
    file = _file(SHOWN + GONE, WALK + SHOW + OTHER_SEAL)
    assert file.unplaced == (1,)


def test_lines_that_may_never_have_been_there_were_not_taken_away() -> None:
    """The tree has nothing else of the patch: it may be older than the call that the patch takes away."""
    assert _file(GONE, WALK + SEAL).applies == "fragment"


def test_lines_that_a_function_has_twice_are_not_those_of_the_hunk() -> None:
    """What a hunk adds stands in the function that it names, but twice: which one it is cannot be told."""
    note = "\tdemo_note_all(m, 1);\n"
    twice = SHOW.replace("\treturn 0;\n", f"{note}\tif (m->more)\n\t{note}\treturn 0;\n")
    hunk = ("@@ -30,4 +30,5 @@ static int demo_show(struct demo_file *m)\n \tint ret = 0;\n \n"
            f"+{note} \tdemo_begin(m);\n \tdemo_end(m);\n")
    assert _file(hunk, WALK + twice).applies == "fragment"


def test_one_line_beside_others_is_not_that_of_the_hunk() -> None:
    """A tree that is older than the patch has what the patch goes back to: between other lines it is not the patch's.
    """
    hunk = ("@@ -30,7 +30,7 @@ static int demo_show(struct demo_file *m)\n \tint ret = demo_first(m);\n \n \tif (ret)\n"
            "-\t\tdemo_note_all(m, 1, false);\n+\t\tdemo_note_all(m, 1);\n \tif (demo_last(m))\n \t\tdemo_end(m);\n")
    there = SHOW.replace("\treturn 0;\n", "\tif (demo_asked())\n\t\tdemo_note_all(m, 1);\n\n\treturn 0;\n")
    assert not _file(hunk, WALK + there).had


def test_a_hunk_that_a_line_alone_frames_is_put_back_between_the_trees_lines() -> None:
    """Above what the hunk adds another call came: in the tree's own surroundings it goes in again."""
    hunk = ("@@ -30,6 +30,7 @@ static int demo_show(struct demo_file *m)\n static void demo_lock_down(struct demo *d)\n"
            " {\n \tdemo_note_all(d->text, 1);\n+\tdemo_note_more(d->text, 1);\n }\n \n"
            " static void demo_open_up(struct demo *d)\n")
    there = ("static void demo_lock_down(struct demo *d)\n{\n\tdemo_flags(d);\n\tdemo_note_all(d->text, 1);\n"
             "\tdemo_note_more(d->text, 1);\n}\n\nstatic struct demo *\ndemo_of(struct demo *d)\n{\n\treturn d;\n}\n")
    file = _file(hunk, WALK + there)
    assert not file.unplaced
    assert file.after == (WALK + there).encode()
    assert b"demo_note_more" not in (file.before or b"")

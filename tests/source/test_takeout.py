"""What counts as a part of a series that the tree has already."""

from __future__ import annotations

from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series
from reviewbot.source.types import PatchedFile

MAIL = """From: A <a@kernel.example>
Subject: [PATCH] demo: keep it apart
Date: Tue, 4 Mar 2025 10:00:00 +0000
Message-ID: <a@kernel.example>

Keep it apart.

---
diff --git a/mm/demo.c b/mm/demo.c
--- a/mm/demo.c
+++ b/mm/demo.c
@@ -1,7 +1,11 @@
 /* demo */
 _
+#ifdef CONFIG_DEMO_APART
+#include "apart.h"
+#else
 #include "first.h"
 #include "second.h"
+
 #include "third.h"
 #include "fourth.h"
 #include "fifth.h"
--
2.39
""".replace(" _\n", " \n")
THERE = """/* demo */
#include "zeroth.h"

int demo_zero;
#include "first.h"
#include "second.h"

#include "third.h"
#include "fourth.h"
#include "fifth.h"
"""


def test_an_empty_line_is_no_part_of_a_series() -> None:
    """A tree that has nothing of a patch but a blank line at the same place does not have it in part."""
    [series] = find_series(read_source(MAIL.encode(), name="demo")).series
    [state] = apply_series(series, MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n",
                                               "mm/demo.c": THERE.encode()})).states
    assert "already" not in state.files[0].note


def _mail(hunk: str) -> bytes:
    head, _, _ = MAIL.partition("@@ -1,7")
    return f"{head}{hunk}--\n2.39\n".encode()


def _state(hunk: str, there: str) -> PatchedFile:
    [series] = find_series(read_source(_mail(hunk), name="demo")).series
    [state] = apply_series(series, MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n",
                                               "mm/demo.c": there.encode()})).states
    return state.files[0]


MOVED = """@@ -2,7 +2,7 @@ void demo_stop(struct demo *d)
 {
 \tvoid *p = d->buffer;
_
+\tvfree(p);
 \tset_memory_encrypted((unsigned long)p, 1);
-\tvfree(p);
 \tdemo_done(d);
 }
""".replace("\n_\n", "\n \n")


def test_a_line_that_was_moved_is_there_already() -> None:
    """The moved line stands close to where it came from, yet all lines of the new side stand there and none before."""
    there = ("void demo_stop(struct demo *d)\n{\n\tvoid *p = d->buffer;\n\n\tvfree(p);\n"
             "\tset_memory_encrypted((unsigned long)p, 1);\n\tdemo_done(d);\n}\n")
    file = _state(MOVED, there)
    assert "already" in file.note
    assert file.before is not None
    assert file.before.index(b"set_memory_encrypted") < file.before.index(b"vfree")


GONE = """@@ -1,6 +1 @@
 int demo;
-
-void set_demo_ro(void)
-{
-\tset_memory_ro(demo_start, demo_pages);
-}
"""


def test_what_was_removed_from_a_file_shown_whole_is_gone_already() -> None:
    """A hunk that shows the whole file has been applied where the file is its new side."""
    assert "already" in _state(GONE, "int demo;\n").note


def test_what_was_removed_between_words_of_any_file_may_have_stood_elsewhere() -> None:
    """Brackets and returns that stand together once do not show that lines between them were removed."""
    hunk = "@@ -10,5 +10,4 @@ int demo_stop(void)\n \treturn 0;\n }\n-#define DEMO_STOPS 1\n \n /*\n"
    assert "already" not in _state(hunk, "int other(void)\n{\n\treturn 0;\n}\n\n/*\n * words\n */\n").note


def test_a_file_that_shares_only_its_name_is_another_file() -> None:
    """A file that the patch adds and the tree has with other content is no form of the change."""
    added = "".join(f"+int one_of_the_series_{n};\n" for n in range(5))
    head, _, _ = MAIL.partition("diff --git")
    mail = (f"{head}diff --git a/mm/demo.c b/mm/demo.c\nnew file mode 100644\n--- /dev/null\n+++ b/mm/demo.c\n"
            f"@@ -0,0 +1,5 @@\n{added}--\n2.39\n")
    [series] = find_series(read_source(mail.encode(), name="demo")).series
    [state] = apply_series(series, MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n",
                                               "mm/demo.c": THERE.encode()})).states
    assert state.files[0].note == "the tree has another file of this name: it was taken out first"


DONE = """@@ -1,6 +1,5 @@
 /* demo */
 #include "first.h"
-#include "second.h"
 #include "third.h"
 #include "fourth.h"
 #include "fifth.h"
@@ -20,9 +19,4 @@ int demo_first(struct demo *d);
 int demo_before(struct demo *d);
_
-static void demo_check_mask(struct demo *d)
-{
-\tdemo_warn(d, "mask");
-}
-
 int demo_supported(struct demo *d)
 {
@@ -40,4 +34,3 @@ int demo_set(struct demo *d)
 \t\treturn -EIO;
_
-\tdemo_check_mask(d);
 \td->mask = 1;
""".replace("_\n", " \n")
WITHOUT = """/* demo */
#include "first.h"
#include "third.h"
#include "fourth.h"
#include "fifth.h"

int demo_before(struct demo *d);

int demo_other(struct demo *d);

int demo_supported(struct demo *d)
{
\treturn d->ok;
}

int demo_set(struct demo *d)
{
\tif (!demo_supported(d))
\t\treturn -EIO;

\td->mask = 1;
\treturn 0;
}
"""


def test_what_is_gone_from_the_whole_file_is_done() -> None:
    """A hunk that only removes lines of which the tree has none is done where the tree has the patch's other hunks,
    also when something else stands at its place by now; where one of its lines is left it is not."""
    file = _state(DONE, WITHOUT)
    assert file.note.startswith("the tree has this change already")
    assert file.unplaced == ()
    kept = "static void demo_check_mask(struct demo *d)\nint demo_other"
    left = _state(DONE, WITHOUT.replace("int demo_other", kept))
    assert not left.note.startswith("the tree has this change already")


TOLD = """@@ -40,5 +40,10 @@ void *demo_make(struct demo *d)
 \td->flags |= DEMO_OWN;
_
+\t/*
+\t * Nothing runs there before it can be executed.
+\t * It stays writable for now.
+\t */
+\tset_memory_x((unsigned long)d->text, d->pages);
 \treturn d->text;
 fail:
 \tdemo_free(d->text, d->size);
""".replace("\n_\n", "\n \n")
MAKES = """void *demo_make(struct demo *d)
{
\td->text = demo_alloc(d->size);
\tif (!d->text)
\t\tgoto fail;

\t/* marks what demo_stop() frees */
\td->flags |= DEMO_OWN;

\tif (demo_is_up())
\t\tset_memory_ro((unsigned long)d->text, d->pages);
\tset_memory_x((unsigned long)d->text, d->pages);
\treturn d->text;
fail:
\tdemo_free(d->text);
\treturn NULL;
}
"""


def test_a_call_is_there_whatever_a_comment_says_of_it() -> None:
    """The tree has a line that a hunk brings under a comment where that comment is gone: it is not brought twice."""
    file = _state(TOLD, MAKES)
    assert file.note.startswith("the tree has another form of this change")
    assert (file.before or b"").count(b"set_memory_x") == 0
    assert (file.after or b"").count(b"set_memory_x") == 1
    without = _state(TOLD, MAKES.replace("\tset_memory_x((unsigned long)d->text, d->pages);\n", ""))
    assert "already" not in without.note
    assert (without.after or b"").count(b"set_memory_x") == 1


PAIRED = """@@ -2,6 +2,5 @@
 #define DEMO_ONE 1
 #define DEMO_TWO 2
-#ifdef CONFIG_DEMO
 int demo_first(struct demo *demo, int how);
 int demo_second(struct demo *demo, int how);
 int demo_third(struct demo *demo, int how);
@@ -40,6 +39,5 @@ int demo_late(void);
 int demo_seventh(struct demo *demo, int how);
 int demo_eighth(struct demo *demo, int how);
-#endif /* CONFIG_DEMO */
 int demo_ninth(struct demo *demo, int how);
 int demo_tenth(struct demo *demo, int how);
 int demo_eleventh(struct demo *demo, int how);
"""
UNPAIRED = """#include "demo.h"
#define DEMO_ONE 1
#define DEMO_TWO 2
int demo_first(struct demo *demo, int how);
int demo_second(struct demo *demo, int how);
int demo_third(struct demo *demo, int how);
int demo_other(void);
"""


def test_half_of_a_pair_is_not_taken_out() -> None:
    """A tree without both lines of an `#ifdef`, where only one can be put back: the file keeps its pairs."""
    assert "taken out" not in _state(PAIRED, UNPAIRED).note


ELSEWHERE = """@@ -20,9 +20,4 @@ void demo_stop(struct demo *d)
 int demo_first(struct demo *d);
 int demo_second(struct demo *d);
-
-bool demo_is_on(void)
-{
-	return demo_mask && !demo_off();
-}
 int demo_third(struct demo *d);
 int demo_fourth(struct demo *d);
"""


def test_a_function_that_stands_elsewhere_was_not_taken_away() -> None:
    """A tree that has the function in another place, with other words in it, does not have its removal already."""
    own = "bool demo_is_on(void)\n{\n	return demo_mask && !demo_flag;\n}\n\n"
    lines = "".join(f"int demo_{name}(struct demo *d);\n" for name in ("first", "second", "third", "fourth"))
    tree = "".join(f"int demo_{number}(void);\n" for number in range(17)) + "\n\n" + lines
    assert "already" in _state(ELSEWHERE, tree).note
    assert "already" not in _state(ELSEWHERE, own + tree).note


PARTLY = """@@ -1,10 +1,10 @@ void demo_start(struct demo *d)
 void demo_start(struct demo *d)
 {
-\tdemo_lock(d);
+\tdemo_lock_all(d, DEMO_ALL);
 \td->started = demo_now();
 \td->pages = demo_pages(d);
 \td->buffer = demo_buffer(d, d->pages);
-\tset_memory_ro((unsigned long)d->buffer, d->pages);
+\tset_memory_rox((unsigned long)d->buffer, d->pages);
 \tdemo_note(d, "started");
 \tdemo_unlock(d);
 }
"""


def test_a_hunk_of_which_the_tree_has_a_part_is_told_so() -> None:
    """One of two changes of a hunk stands in the tree: it has a part of the hunk, not the hunk."""
    whole = "@@ -30,4 +30,5 @@ void demo_end(struct demo *d)\n int demo_a;\n int demo_b;\n+int demo_c;\n int demo_d;\n"
    there = ("void demo_start(struct demo *d)\n{\n\tdemo_lock_all(d, DEMO_ALL);\n\td->started = demo_now();\n"
             "\td->pages = demo_pages(d);\n\td->buffer = demo_buffer(d, d->pages);\n"
             "\tset_memory_ro((unsigned long)d->buffer, d->pages);\n\tdemo_note(d, \"started\");\n"
             "\tdemo_unlock(d);\n}\n" + "".join(f"int demo_line_{n};\n" for n in range(20))
             + "int demo_a;\nint demo_b;\nint demo_d;\n")
    file = _state(PARTLY + whole + " int demo_e;\n", there + "int demo_e;\n")
    assert file.note.startswith("the tree has a part of hunk 1 of 2 already: taken out first")
    assert b"demo_lock(d)" in (file.before or b"")


def test_what_could_not_be_put_back_is_not_taken_out() -> None:
    """A moved line that stands in another place of the function by chance is none of the hunk's that the tree has."""
    hunk = ("@@ -5,9 +5,9 @@ int demo_quiesce(struct demo *d)\n \n \t\t\twait_for_demo(&done, 3 * HZ);\n \n"
            "-\t\t\tspin_lock_irq(d->lock);\n \t\t\td->private->done = NULL;\n \t\t\tflush_demo_queue(d);\n"
            "+\t\t\tspin_lock_irq(d->lock);\n \t\t\tret = demo_cancel(d, &retry);\n \t\t};\n \n")
    there = ("int demo_quiesce(struct demo *d)\n{\n\tint ret;\n\n\tret = demo_enable(d);\n\tdo {\n"
             "\t\tif (ret == -EBUSY)\n\t\t\twait_for_demo(&done, 3 * HZ);\n\n"
             "\t\td->private->done = NULL;\n\t\tflush_demo_queue(d);\n\t\tspin_lock_irq(d->lock);\n"
             "\t\tret = demo_disable(d);\n\t} while (ret == -EBUSY);\n}\n")
    file = _state(hunk, there)
    assert not (file.had and 0 in file.unplaced)
    assert file.applies != "fragment" or not file.had

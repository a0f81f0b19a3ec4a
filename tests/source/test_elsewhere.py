"""A function that the tree has in another file of the folder is changed there, and only where nothing else is meant."""

from __future__ import annotations

import pytest

from reviewbot.mail import read_source
from reviewbot.series import Series, find_series
from reviewbot.source import MemoryTree, apply_series
from reviewbot.source.elsewhere import follow_functions, lent_words
from reviewbot.source.types import PatchedTree

MAIL = b"""From: A <a@kernel.example>
Subject: [PATCH] demo: say it twice
Date: Tue, 4 Mar 2025 10:00:00 +0000
Message-ID: <a@kernel.example>

Say it.

---
diff --git a/mm/setup.c b/mm/setup.c
--- a/mm/setup.c
+++ b/mm/setup.c
@@ -3,6 +3,7 @@ int demo_first(int count)
 int demo_first(int count)
 {
 \tdemo_prepare(count);
+\tdemo_say(count);
 \treturn demo_finish(count);
 }
_
@@ -20,7 +21,7 @@ void demo_second(struct demo_area *area)
 {
 \tint page;
_
-\tdemo_take_pages(area, page);
+\tdemo_take_pages(area, page, true);
 \tdemo_settle(area);
 }
_
--
2.39
""".replace(b"\n_\n", b"\n \n")
FIRST = (b"\nint demo_other;\nint demo_first(int count)\n{\n\tdemo_prepare(count);\n\treturn demo_finish(count);\n}\n\n"
         b"int demo_last;\n")
SECOND = (b"\nint demo_area;\n\nvoid demo_second(struct demo_area *area)\n{\n\tint page;\n\n"
          b"\tdemo_take_pages(area, page);\n\tdemo_settle(area);\n}\n\nint demo_end;\n")


def _followed(files: dict[str, bytes], mail: bytes = MAIL) -> tuple[Series, PatchedTree]:
    [series] = find_series(read_source(mail, name="demo")).series
    return follow_functions(series, apply_series(series, MemoryTree({path: text.decode()
                                                                     for path, text in files.items()})))


def test_a_function_in_another_file_is_changed_there() -> None:
    """The hunk goes where its function stands, is told as unsure, and the others stay where the mail has them."""
    series, patched = _followed({"mm/setup.c": FIRST, "mm/pages.c": SECOND})
    assert lent_words(series) == (("mm/setup.c", "mm/pages.c"),)
    files = {file.path: file for file in patched.states[0].files}
    assert b"demo_say(count);" in (files["mm/setup.c"].after or b"")
    there = files["mm/pages.c"]
    assert b"demo_take_pages(area, page, true);" in (there.after or b"")
    assert there.added <= {line for first, last in there.unsure for line in range(first, last + 1)}
    assert "the patch has these functions in mm/setup.c" in there.note
    assert [file.unplaced for file in files.values()] == [(), ()]


@pytest.mark.parametrize("files", [
    {"mm/setup.c": FIRST + SECOND, "mm/pages.c": SECOND},
    {"mm/setup.c": FIRST, "mm/pages.c": SECOND, "mm/areas.c": SECOND},
    {"mm/setup.c": FIRST, "kernel/pages.c": SECOND},
    {"mm/setup.c": FIRST, "mm/pages.c": SECOND.replace(b"area, page", b"area, page + 1")},
    {"mm/setup.c": FIRST, "mm/pages.c": SECOND.replace(b"demo_second", b"demo_third")},
])
def test_what_may_be_meant_otherwise_stays(files: dict[str, bytes]) -> None:
    """A function that the file has, or two others have, that stands far away, or that is not the same, is not followed.
    """
    series, patched = _followed(files)
    assert lent_words(series) == ()
    assert [file.path for file in patched.states[0].files] == ["mm/setup.c"]


def test_what_the_series_brings_itself_stays() -> None:
    """Where the series brings the function, nobody knows which of the two the hunk means."""
    brought = (b"diff --git a/mm/late.c b/mm/late.c\nnew file mode 100644\n--- /dev/null\n+++ b/mm/late.c\n"
               b"@@ -0,0 +1,4 @@\n+void demo_second(struct demo_area *area)\n+{\n+\tdemo_settle(area);\n+}\n")
    mail = MAIL.replace(b"--\n2.39", brought + b"--\n2.39")
    series, patched = _followed({"mm/setup.c": FIRST, "mm/pages.c": SECOND}, mail)
    assert sorted(file.path for file in patched.states[0].files) == ["mm/late.c", "mm/setup.c"]
    assert lent_words(series) == ()

"""What counts as a part of a series that the tree has already."""

from __future__ import annotations

from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

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

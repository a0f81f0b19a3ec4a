"""Removed lines that give a constant, where the hunk shows too little of their function."""

from __future__ import annotations

from reviewbot.checks.given_flags import lines_taken
from reviewbot.series.diff import parse_diff

HEAD = "diff --git a/mm/demo.c b/mm/demo.c\n--- a/mm/demo.c\n+++ b/mm/demo.c\n"
GONE = " \n-#ifdef CONFIG_DEMO\n-\tdemo_force = DEMO_FORCE;\n-#endif\n \t}\n"


def taken(hunk: str) -> list[tuple[str, str, int]]:
    return [(one.flag, one.function, one.line)
            for diff in parse_diff(HEAD + hunk).files for one in lines_taken(diff)]


def test_a_line_within_an_ifdef_is_of_the_function_that_the_header_names() -> None:
    """Nothing is said of when it was reached."""
    assert taken("@@ -30,5 +30,2 @@ static void demo_setup(void)\n" + GONE) == [("DEMO_FORCE", "demo_setup", 32)]


def test_a_line_behind_the_head_of_another_function_has_no_name() -> None:
    """The header of the hunk names the function above it."""
    assert taken("@@ -30,6 +30,3 @@ static void demo_setup(void)\n void demo_other(void)\n" + GONE) == []
    assert taken("@@ -30,5 +30,2 @@\n" + GONE) == []

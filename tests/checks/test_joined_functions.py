"""A function of which several hunks show lines, read as one."""

from __future__ import annotations

from reviewbot.checks.hunked import joined_functions
from reviewbot.contracts.outline import Outline
from reviewbot.contracts.ranges import sizes_from_before
from reviewbot.series.diff import parse_diff

HEAD = "diff --git a/mm/demo.c b/mm/demo.c\n--- a/mm/demo.c\n+++ b/mm/demo.c\n"
FIRST = (
    "@@ -10,5 +10,6 @@ int demo_early(void)\n"
    " int demo_take(unsigned long size)\n"
    " {\n"
    "+\tint demo = 0;\n"
    " \tunsigned long slots = size >> DEMO_SHIFT;\n"
    " \tunsigned long bytes = slots << DEMO_SHIFT;\n"
    " \tvoid *start;\n")
SECOND = (
    "@@ -30,6 +31,5 @@ int demo_take(unsigned long size)\n"
    " \t\tslots = DEMO_PER_PAGE << order;\n"
    " \t}\n"
    "-\tdemo_share(start, slots);\n"
    "-\tdemo_keep(start);\n"
    "+\tset_memory_decrypted((unsigned long)start, bytes >> PAGE_SHIFT);\n"
    " \tdemo_slots(start, slots);\n"
    " }\n")


def joined(text: str) -> list[Outline]:
    return [new for diff in parse_diff(HEAD + text).files for _, new in joined_functions(diff)]


def test_lines_of_one_function_in_two_hunks_are_one_function_with_the_lines_of_the_mail() -> None:
    """What stands between is left empty, and the branch that begins there is a block."""
    (outline,) = joined(FIRST + SECOND)
    assert outline.name == "demo_take"
    assert [(step.line, outline.said(step)) for step in outline.steps if step.kind == "do"] == [
        (31, "slots = DEMO_PER_PAGE << order;"),
        (33, "set_memory_decrypted((unsigned long)start, bytes >> PAGE_SHIFT);"), (34, "demo_slots(start, slots);")]
    assert len(outline.steps[4].where) == 1


def test_a_size_of_one_hunk_is_held_against_the_change_in_another() -> None:
    """The count has changed between the two, and the call goes by the size of before."""
    (outline,) = joined(FIRST + SECOND)
    hits = list(sizes_from_before(outline, None))  # type: ignore[arg-type]
    assert [(hit.line, dict(hit.fields)["variable"], dict(hit.fields)["other"]) for hit in hits] == [
        (33, "bytes", "slots")]


def test_another_function_between_two_hunks_keeps_them_apart() -> None:
    """Only what the second hunk's header names goes on."""
    assert joined(FIRST + SECOND.replace("demo_take(unsigned", "demo_other(unsigned")) == []

"""What stands at the bottom of the page, and what is said of hunks and of protections with others beside them."""

from __future__ import annotations

import re
from dataclasses import replace

from one_patch import review

from reviewbot.review.page import old_defects

SEAL = """void demo_open(struct demo *demo)
{
	demo->count = 1;
	set_memory_ro((unsigned long)demo->text, demo->pages);
}

void demo_close(struct demo *demo)
{
	set_memory_rw((unsigned long)demo->text, demo->pages);
}
"""
MAP = """static void __init demo_setup(void)
{
	demo_map(demo_table, PAGE_KERNEL_EXEC);
	demo_flush();
}
"""


def test_old_defects_that_can_fail_are_counted_where_the_tree_has_them() -> None:
    """A dropped result beside the change counts once; what says of itself that it cannot fail does not."""
    found = review(SEAL, SEAL.replace("count = 1", "count = 2"))
    old = [finding for finding in found.findings if not finding.introduced]
    assert old
    assert 0 < old_defects(found.findings, found.patched, found.first_page) <= len(old)
    harmless = [replace(finding, message=f"{finding.message} It cannot fail here: it is small.") for finding in old]
    assert old_defects(harmless, found.patched, found.first_page) == 0
    strange = [replace(finding, code="set_memory_ro(demo->other, 1);") for finding in old]
    assert old_defects(strange, found.patched, found.first_page) == 0


def test_an_architectures_own_file_is_looked_at_there_alone() -> None:
    """No other architecture builds the file, so that no other is named."""
    assert review(SEAL, SEAL.replace("count = 1", "count = 2")).coverage.built_on == ("x86",)


def test_a_protection_that_the_patch_gives_elsewhere_is_not_gone() -> None:
    """Another new line maps with the protection: whether that is the same memory is not known, and no one is asked."""
    alone = review(SEAL + MAP, SEAL + MAP.replace("PAGE_KERNEL_EXEC", "PAGE_KERNEL"))
    assert "no longer executable" in alone.first_page.conclusion
    moved = MAP.replace("PAGE_KERNEL_EXEC);", "PAGE_KERNEL);").replace("	demo_flush", "	demo_map_text(demo_table, "
                                                                       "PAGE_KERNEL_EXEC);\n	demo_flush")
    page = review(SEAL + MAP, SEAL + moved).first_page
    assert "no longer executable" not in page.conclusion
    assert page.ask == ()


def test_a_new_function_takes_a_protection_over() -> None:
    """A function that the patch brings did nothing else before: the row says whose line it has now, and where."""
    early = ("void demo_early(void)\n{\n	demo_note();\n	demo_map(demo_early_table, PAGE_KERNEL_EXEC);\n"
             "	demo_flush();\n}\n\n")
    helper = "static void demo_map_text(void)\n{\n	demo_map(demo_early_table, PAGE_KERNEL_EXEC);\n}\n\n"
    after = helper + early.replace("demo_map(demo_early_table, PAGE_KERNEL_EXEC)", "demo_map_text()") + \
        MAP.replace("PAGE_KERNEL_EXEC", "PAGE_KERNEL")
    page = review(SEAL + early + MAP, SEAL + after).first_page
    assert re.search(r"with PAGE_KERNEL in place of PAGE_KERNEL_EXEC, while the new demo_map_text\(\) \([\w/.]+:\d+\) "
                     r"takes over PAGE_KERNEL_EXEC from demo_early\(\)", page.conclusion)
    fresh = helper.replace("demo_early_table", "demo_text")
    page = review(SEAL + MAP, SEAL + fresh + MAP.replace("PAGE_KERNEL_EXEC", "PAGE_KERNEL")).first_page
    assert re.search(r"and the new demo_map_text\(\) \([\w/.]+:\d+\) maps with PAGE_KERNEL_EXEC", page.conclusion)


def test_a_question_that_only_restates_a_row_is_not_asked() -> None:
    """The row tells in which cases the call is made now: asking whether that is right adds no fact."""
    held = SEAL.replace("	set_memory_ro", "	if (demo->state == DEMO_EARLY)\n		return;\n	set_memory_ro")
    page = review(held, SEAL).first_page
    assert [row.statement for row in page.rows] == [
        "demo_open() now makes demo->text read-only also where demo->state == DEMO_EARLY"]
    assert page.ask == ()


def test_silence_names_the_calls_that_were_looked_for() -> None:
    """Other calls may map memory too: a page without a row says of which calls it speaks, or that only comments change.
    """
    plain = "int demo_count(void)\n{\n\t/* all */\n\treturn 1;\n}\n\n" + SEAL
    other = review(plain, plain.replace("return 1", "return add_memory(1)"))
    assert other.first_page.conclusion == (
        "The series changes no call and no definition of set_memory_*(), set_direct_map_*() or __kernel_map_pages().")
    comment = review(plain, plain.replace("/* all */", "/* all of them */"))
    assert comment.first_page.conclusion == "The series changes only comments and white space."


SEALED = """int demo_make(struct demo *demo)
{
	demo->image = bpf_jit_alloc_exec(PAGE_SIZE);
	if (!demo->image)
		return -ENOMEM;
	return 0;
}
"""


def test_a_dropped_failure_says_what_the_next_call_makes_of_it() -> None:
    """Where set_memory_x() follows a set_memory_ro() whose failure is dropped, the row names what comes of it."""
    ro = "\tset_memory_ro((unsigned long)demo->image, 1);\n"
    x = "\t/* if it is run */\n\tset_memory_x((unsigned long)demo->image, 1);\n"
    after = SEALED.replace("\treturn 0;\n", f"{ro}{x}\treturn 0;\n")
    said = review(SEALED, after).first_page.conclusion
    assert ("after which set_memory_x() still runs: demo->image may then be executable while a mapping of it is "
            "writable" in said)
    apart = SEALED.replace("\treturn 0;\n", f"{ro}\tif (demo->run) {{\n{x}\t}}\n\treturn 0;\n")
    assert "still runs" not in review(SEALED, apart).first_page.conclusion

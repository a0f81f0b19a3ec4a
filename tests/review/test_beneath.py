"""What a patch does to the functions beneath the family: no call of them is proved to do what it did."""

from __future__ import annotations

import pytest

from .test_seen import PATH, PLAIN, TAIL, review, sayings

MAPPER = "arch/x86/mm/pat/set_memory.c"
BENEATH = """#include <linux/set_memory.h>

static int change_demo_attr(unsigned long addr, int pages, int take)
{
	demo_prepare(addr);
	return demo_walk(addr, pages, take);
}

int set_memory_decrypted(unsigned long addr, int pages)
{
	return change_demo_attr(addr, pages, __pgprot(_PAGE_ENC));
}
"""
BESIDE = {PATH: PLAIN + TAIL}
COUNTED = {PATH: PLAIN.replace("	return 0;", "	demo_count(1);\n	return 0;") + TAIL}


def test_another_mask_is_a_change() -> None:
    """Where the body differs in a constant that it hands on, that constant is named on both sides."""
    found = review({MAPPER: BENEATH}, {MAPPER: BENEATH.replace("(_PAGE_ENC)", "(_PAGE_ENC | _PAGE_DIRTY)")})
    [cell] = found.behaviour
    assert cell.seen == "changes"
    assert "hands change_demo_attr() __pgprot(_PAGE_ENC | _PAGE_DIRTY)" in sayings(found)
    assert "(before: hands change_demo_attr() __pgprot(_PAGE_ENC))" in sayings(found)
    assert "() now also hands change_demo_attr() _PAGE_DIRTY" in found.first_page.conclusion


@pytest.mark.parametrize(("old", "new", "why"), [
    ("	demo_prepare(addr);\n", "",
     "change_demo_attr(), which does work of set_memory_decrypted(), is written otherwise"),
    ("	return change_demo_attr(addr, pages, __pgprot(_PAGE_ENC));", "	return demo_other(addr, pages);",
     "set_memory_decrypted() is written otherwise"),
    ("(_PAGE_ENC)", "(_PAGE_RW)", "set_memory_decrypted() is written otherwise"),
])
def test_callers_of_what_is_written_otherwise_are_not_proved_the_same(old: str, new: str, why: str) -> None:
    """The call is as it was, what it calls is not."""
    found = review({MAPPER: BENEATH, **BESIDE}, {MAPPER: BENEATH.replace(old, new), **COUNTED})
    assert {(cell.seen, cell.doubt) for cell in found.behaviour if cell.file == PATH} == {("not-seen", why)}


@pytest.mark.parametrize("new", [
    BENEATH.replace("	demo_prepare(addr);\n", "	/* for later */\n	demo_prepare(addr);\n"),
    BENEATH.replace("int pages, int take)", "int pages, int gone)").replace("pages, take)", "pages, gone)"),
])
def test_comments_and_names_beneath_change_nothing(new: str) -> None:
    """Another name of a variable and a comment leave what is done as it is."""
    found = review({MAPPER: BENEATH, **BESIDE}, {MAPPER: new, **COUNTED})
    assert {cell.seen for cell in found.behaviour} == {"same"}


def test_what_a_compiler_is_told_to_check_changes_no_definition() -> None:
    """A function whose result must be used from now on does what it did."""
    new = BENEATH.replace("int set_memory_decrypted(", "int __must_check set_memory_decrypted(")
    assert new != BENEATH
    found = review({MAPPER: BENEATH, **BESIDE}, {MAPPER: new, **COUNTED})
    assert {cell.seen for cell in found.behaviour} == {"same"}


def test_words_of_a_comment_are_no_change_of_a_definition() -> None:
    """Only a line inside a comment of several lines is another one: the function is what it was."""
    comment = "	/*\n	 * See demo_old_way() for\n	 * the reason.\n	 */\n"
    old = BENEATH.replace("	return change", f"{comment}	return change")
    found = review({MAPPER: old, **BESIDE}, {MAPPER: old.replace("demo_old_way", "demo_way"), **COUNTED})
    assert {(cell.file, cell.seen) for cell in found.behaviour} == {(PATH, "same")}
    assert "written otherwise" not in sayings(found)


def test_a_function_that_nothing_of_the_family_calls_is_not_beneath_it() -> None:
    """It may stand in the same file."""
    other = "\nint demo_report(void)\n{\n	return 1;\n}\n"
    found = review({MAPPER: BENEATH + other, **BESIDE}, {MAPPER: BENEATH + other.replace("1;", "2;"), **COUNTED})
    assert {cell.seen for cell in found.behaviour} == {"same"}


def test_a_new_function_beneath_the_family_is_added() -> None:
    """Of what its file did not have before nothing can be said to change."""
    fresh = "int change_demo_attr_set(void)\n{\n	return 0;\n}\n\n"
    new = BENEATH.replace("int set_memory_decrypted", f"{fresh}int set_memory_decrypted")
    new = new.replace("	return change", "	change_demo_attr_set();\n	return change")
    told = sayings(review({MAPPER: BENEATH}, {MAPPER: new}))
    assert "adds change_demo_attr_set(), which does work of set_memory_decrypted()" in told
    assert "changes change_demo_attr_set()" not in told


def test_what_is_done_for_a_flag_is_work_of_who_gives_it() -> None:
    """A worker that is called for a flag alone does work of the function that hands it on, and of no other."""
    body = """#include <linux/set_memory.h>

static void demo_join(struct demo *demo)
{
	demo_walk(demo);
}

static int change_demo(unsigned long addr, int pages, int how)
{
	struct demo demo = { .addr = addr, .how = how };

	if (demo.how & DEMO_JOIN)
		demo_join(&demo);
	return demo_set(&demo, pages);
}

int set_memory_decrypted(unsigned long addr, int pages)
{
	return change_demo(addr, pages, 0);
}

int set_memory_rox(unsigned long addr, int pages)
{
	return change_demo(addr, pages, DEMO_JOIN);
}
"""
    found = review({MAPPER: body}, {MAPPER: body.replace("demo_walk(demo)", "demo_walk_all(demo)")})
    assert "demo_join(), which does work of set_memory_rox()" in sayings(found)
    assert "set_memory_decrypted()" not in sayings(found)
    for more in ("set_memory_decrypted", "set_memory_rox"):  # where none hands it, or both do, nothing is known
        other = body.replace("pages, DEMO_JOIN)", "pages, 0)") if more == "set_memory_decrypted" else \
            body.replace("	if (demo.how & DEMO_JOIN)\n	", "")
        said = sayings(review({MAPPER: other}, {MAPPER: other.replace("demo_walk(demo)", "demo_walk_all(demo)")}))
        assert "demo_join(), which does work of set_memory_decrypted()" in said

"""Calls that are made in other cases than before, and calls that a function no longer makes, on the page."""

from __future__ import annotations

import pytest
from one_patch import review

from reviewbot.logic import parse_condition
from reviewbot.review.page.cases import say_test
from reviewbot.review.page.switches import say_condition, under
from tests.review.test_built_ways import KCONFIG
from tests.review.test_seen import review as review_files

SEAL = """void demo_seal(struct demo *demo)
{
	set_memory_ro((unsigned long)demo->text, demo->pages);
	demo_log(demo, "sealed the demonstration");
}
"""
HELD = SEAL.replace("	set_memory_ro", "	if (demo->state == DEMO_EARLY)\n		return;\n	set_memory_ro")


def test_a_test_that_is_new_in_front_of_a_call_is_a_row() -> None:
    """The row says in which cases alone the call is made now."""
    [row] = review(SEAL, HELD).first_page.rows
    assert row.statement == "demo_seal() now makes demo->text read-only only where demo->state != DEMO_EARLY"
    assert row.verdict == "different"


DROP = """void demo_drop(struct demo *demo)
{
	unsigned long start = (unsigned long)demo->text;

	set_memory_rw(start, demo->pages);
	if (demo->late)
		free_pages(start, demo->order);
	else
		memblock_free_late(demo->base, demo->size);
}
"""


@pytest.mark.parametrize(("before", "after", "freed"), [
    ("	set_memory_rw", "	if (demo_keeps)\n		return;\n\n	set_memory_rw", " and gives it back"),
    ("	set_memory_rw(start, demo->pages);\n", "	if (!demo_keeps)\n		set_memory_rw(start, demo->pages);\n", "")])
def test_a_way_out_in_front_of_a_call_and_a_free_is_one_of_both(before: str, after: str, freed: str) -> None:
    """Where the function leaves before the call it frees nothing either; a test of the call alone leaves the free."""
    [row] = review(DROP, DROP.replace(before, after)).first_page.rows
    assert row.statement == f"demo_drop() now makes demo->text writable{freed} only where !demo_keeps"


def test_a_free_that_maps_memory_is_not_told_twice() -> None:
    """What gives the memory back is the call itself: nothing else is freed in its cases."""
    plain = "void demo_drop(struct demo *demo)\n{\n	vfree(demo->text);\n}\n"
    kept = plain.replace("	vfree", "	if (demo_keeps)\n		return;\n	vfree")
    assert not any("gives it back" in row.statement for row in review(plain, kept).first_page.rows)


def test_a_test_that_is_gone_is_a_row() -> None:
    """The row says where the call is made beside the cases that it was made in; what may follow is only asked."""
    [row] = review(HELD, SEAL).first_page.rows
    assert row.statement == "demo_seal() now makes demo->text read-only also where demo->state == DEMO_EARLY"


def test_what_something_else_came_back_with_is_no_case() -> None:
    """An allocation that is tested in front of a call as every one is changes no case of that call."""
    tested = "	if (!demo->area)\n		return;\n"
    after = SEAL.replace("	set_memory_ro", "	demo->area = demo_alloc(4);\n" + tested + "	set_memory_ro")
    page = review(SEAL, after).first_page
    assert page.rows == ()
    assert page.conclusion == "No call was seen that now maps memory otherwise than before."


def test_a_result_of_another_kind_that_is_tested_as_before_is_no_case() -> None:
    """What was a number below zero is a pointer now: the call is reached after the same step as before."""
    tested = "	ret = demo_copy(demo);\n	if (WARN_ON(ret < 0))\n		return;\n"
    before = SEAL.replace("	set_memory_ro", tested + "	set_memory_ro").replace("{\n", "{\n	int ret;\n\n", 1)
    after = before.replace("int ret", "void *ret").replace("demo_copy", "demo_poke").replace("ret < 0", "!ret")
    page = review(before, after).first_page
    assert page.rows == ()
    assert not page.ask


def test_a_call_that_a_function_loses_is_a_row() -> None:
    """Nothing is in its place: the function does not do that any more."""
    [row] = review(SEAL, SEAL.replace("	set_memory_ro((unsigned long)demo->text, demo->pages);\n", "")).first_page.rows
    assert row.statement == "demo_seal() no longer makes demo->text read-only"


MARKED = """static void *demo_alloc(unsigned long size)
{
	void *text = demo_take(size);
	MARK
	set_memory_ro((unsigned long)text, 1);
	return text;
}

static void demo_free(void *text)
{
	set_memory_rw((unsigned long)text, 1);
	vfree(text);
}
"""


@pytest.mark.parametrize(("mark", "end", "said"), [
    ("set_vm_flush_reset_perms(text);", "vfree(text);",
     "demo_free() leaves it to vfree() to make text writable, as demo_alloc() sets VM_FLUSH_RESET_PERMS"),
    ("demo_note(text);", "vfree(text);", "demo_free() no longer makes text writable"),
    ("set_vm_flush_reset_perms(demo_area);", "vfree(text);", "demo_free() no longer makes text writable"),
    ("set_vm_flush_reset_perms(text);", "demo_write(text);", "demo_free() no longer makes text writable"),
])
def test_an_undo_that_is_left_to_whoever_frees_the_memory(mark: str, end: str, said: str) -> None:
    """A mark on the same memory has vfree() undo what was done to it: nobody is told that it is undone no more."""
    before = MARKED.replace("	MARK\n", "").replace("vfree(text)", end.rstrip(";"))
    after = MARKED.replace("MARK", mark).replace("	set_memory_rw((unsigned long)text, 1);\n", "").replace(
        "vfree(text)", end.rstrip(";"))
    [row] = [row for row in review(before, after).first_page.rows if "demo_free" in row.statement]
    assert row.statement == said


def test_the_memory_that_a_helper_counts_from() -> None:
    """What a helper is given names the memory also where it hands on an address counted from that."""
    helper = ("static void demo_part(struct demo *it, int (*work)(unsigned long start, int pages))\n{\n"
              "	work((unsigned long)it->base + it->used, it->pages);\n}\n\n")
    before = "void demo_end(struct demo_all *all)\n{\n	demo_part(&all->first, set_memory_rw);\n	demo_log(all);\n}\n"
    [row] = review(helper + before, helper + before.replace("	demo_part(&all->first, set_memory_rw);\n", "")
                   ).first_page.rows
    assert row.statement.startswith("demo_end() no longer makes memory of all->first writable")


def test_a_call_that_moves_or_gives_way_to_another_is_not_lost() -> None:
    """Another function makes the call now, or a line of the patch calls something that may do the same."""
    call = "	set_memory_ro((unsigned long)demo->text, demo->pages);\n"
    elsewhere = "void demo_close(struct demo *demo)\n{\n	demo_end(demo);\n}\n"
    moved = review(SEAL + elsewhere, SEAL.replace(call, "") + elsewhere.replace("	demo_end", call + "	demo_end"))
    assert not [row for row in moved.first_page.rows if "no longer" in row.statement]
    other = review(SEAL, SEAL.replace(call, "	demo_protect_all(demo);\n"))
    assert not [row for row in other.first_page.rows if "no longer" in row.statement]


def test_a_module_is_no_built_in() -> None:
    """What holds for a module alone is said with m."""
    said = say_condition(under((("DEMO", "m"), ("OTHER", "n"))), ())
    assert said is not None
    assert said.text == "OTHER=n, DEMO=m"


@pytest.mark.parametrize(("written", "said"), [
    ("!DEMO_A", "!DEMO_A"),
    ("DEMO_A && !DEMO_B", "!DEMO_B && DEMO_A"),
    ("DEMO_A && (DEMO_B || DEMO_C)", "DEMO_A && (DEMO_B || DEMO_C)"),
])
def test_a_test_is_said_as_c_has_it(written: str, said: str) -> None:
    """Brackets stand only where they matter."""
    assert say_test(parse_condition(written.replace("DEMO", "CONFIG_DEMO"))).replace("CONFIG_", "") == said


def test_a_new_helper_is_told_with_what_it_is_about() -> None:
    """Callers that hand nothing on say less than the helper: it is told once, with those from which it is reached."""
    helper = ("static void demo_protect(void)\n{\n	unsigned long first = demo_address();\n\n"
              "	set_memory_ro(first, 4);\n}\n\n")
    calls = "void demo_{0}(void)\n{{\n	demo_note({1});\n}}\n\n"
    before = calls.format("open", 1) + calls.format("close", 2)
    after = helper + before.replace("	demo_note", "	demo_protect();\n	demo_note")
    conclusion = review(before, after).first_page.conclusion
    assert "the new demo_protect() makes what demo_address() returned read-only" in conclusion
    assert "reached from demo_close() and demo_open()" in conclusion


def test_a_new_helper_with_two_calls_is_reached_from_the_same_functions() -> None:
    """What it does to two objects is told in two rows, who reaches it once, and for both."""
    helper = ("static void demo_swap(void)\n{\n	unsigned long first = demo_next(), last = demo_old();\n\n"
              "	set_memory_ro(first, 4);\n	set_memory_rw(last, 4);\n	demo_drop(last);\n}\n\n")
    calls = "void demo_{0}(void)\n{{\n	demo_note({1});\n}}\n\n"
    before = calls.format("open", 1) + calls.format("close", 2)
    after = helper + before.replace("	demo_note", "	demo_swap();\n	demo_note")
    rows = review(before, after).first_page.rows
    said = " ".join(row.gist for row in rows)
    assert said.count("reached from") == 1
    assert "reached from demo_close() and demo_open()" in said


def test_a_helper_that_takes_back_what_it_did_still_hands_its_failure_on() -> None:
    """What it does about the failure is not the end of it: its caller drops the result that it gives."""
    helper = ("static int demo_hide(struct demo *demo)\n{\n	int ret;\n\n"
              "	ret = set_memory_4k((unsigned long)demo->text, 1);\n"
              "	if (ret)\n		goto fail;\n	return 0;\nfail:\n	demo_show(demo);\n	return ret;\n}\n\n")
    before = "void demo_close(struct demo *demo, int state)\n{\n	demo_note(demo);\n}\n"
    reviewed = review(before, helper + before.replace("	demo_note", "	demo_hide(demo_of(state));\n	demo_note"))
    [row] = reviewed.first_page.rows
    assert row.verdict == "worse"
    assert row.gist.endswith("reached from demo_close(), which drops its failure")
    [finding] = [one for one in reviewed.findings if one.rule == "ignored-result"]
    assert "'demo_close' drops the result of 'demo_hide'" in finding.message


def test_a_failure_that_a_new_call_drops_is_part_of_the_sentence() -> None:
    """What is for the worse is not the call but that nobody learns of its failure."""
    after = SEAL.replace("ation\");\n}", "ation\");\n	set_memory_4k((unsigned long)demo->text, 1);\n}")
    [row] = review(SEAL, after).first_page.rows
    assert row.verdict == "worse"
    assert row.gist.endswith(", and drops a failure of set_memory_4k()")


def test_what_a_message_calls_needless_is_not_asked_about() -> None:
    """A patch that takes something away and says that it was redundant has answered."""
    lost = SEAL.replace("	set_memory_ro((unsigned long)demo->text, demo->pages);\n", "")
    assert review(SEAL, lost).first_page.ask
    assert not review(SEAL, lost, text="It is redundant.").first_page.ask


def test_a_guard_of_something_else_is_not_asked_about() -> None:
    """A test that goes is asked about where the sentence names the family or a word of mappings."""
    held = SEAL.replace("	set_memory_ro", "	if (demo->early)\n		demo_count(demo, 4);\n	set_memory_ro")
    found = review(held, held.replace("	if (demo->early)\n		demo_count", "	demo_count"))
    assert [finding.rule for finding in found.findings if finding.rule == "guard-taken-away"]
    assert found.first_page.ask == ()


def test_a_call_that_goes_is_not_said_to_leave_the_memory_as_it_was() -> None:
    """Where a function goes with its call another one may be called in its place: how memory is mapped without it is
    not told."""
    other = "void demo_other(struct demo *demo)\n{\n	demo_log(demo, \"other\");\n}\n"
    page = review(f"{SEAL}\n{other}", other).first_page
    assert page.rows == ()
    assert page.conclusion == "What changes: in demo_seal(), set_memory_ro() is gone with its function."


def test_a_new_helper_is_one_row_with_and_without_an_option() -> None:
    """A caller that only some kernels have is named among the others: the helper does the same there."""
    path = "arch/x86/kernel/ready.c"
    helper = ("static void demo_protect(void)\n{\n	unsigned long first = demo_address();\n\n"
              "	if (set_memory_ro(first, 4))\n		demo_stop(first);\n}\n\n")
    calls = "void demo_{0}(void)\n{{\n	demo_note({1});\n}}\n"
    before = f"{calls.format('open', 1)}\n#ifdef CONFIG_DEMO_CARD\n{calls.format('close', 2)}#endif\n"
    after = helper + before.replace("	demo_note", "	demo_protect();\n	demo_note")
    page = review_files({path: before}, {path: after}, there={**KCONFIG, path: before}).first_page
    assert len(page.rows) == 1
    assert page.rows[0].gist.endswith("reached from demo_close() and demo_open()")
    assert not page.rows[0].config


def test_a_test_that_the_callee_makes_in_part_says_what_comes_in() -> None:
    """Where the function asks for the same by itself, only what it then works in is new; where that is nothing, so is
    the row."""
    for own, said in (("demo_on || demo_full", " also where !demo_on && demo_full"), ("demo_on", "")):
        worker = ("int set_memory_encrypted(unsigned long addr, int numpages)\n{\n"
                  f"	if (!({own}))\n		return 0;\n"
                  "	return change_page_attr_set(&addr, numpages, __pgprot(0), 0);\n}\n")
        call = "	set_memory_encrypted((unsigned long)demo->text, demo->pages);\n	demo_log(demo);\n}\n"
        head = "void demo_seal(struct demo *demo)\n{\n"
        found = review(head + "	if (!demo_on)\n		return;\n" + call, head + call,
                       files={"arch/x86/mm/pat/set_memory.c": worker})
        rows = [row.statement for row in found.first_page.rows if "demo_seal() now" in row.statement]
        assert [said in row for row in rows] == ([True] if said else [])


TEXT = """int demo_enable(struct demo *demo)
{
	if (demo->ready)
		return 0;
	return set_memory_ro(demo->text, demo->pages);
}
"""


def test_what_is_called_instead_is_told_with_the_cases() -> None:
    """The call is not made where another function takes its place: that it is left out is half of it."""
    tests = "	if (demo->large)\n		return demo_restore(demo->text, demo->pages);\n	return set"
    [row] = review(TEXT, TEXT.replace("	return set", tests)).first_page.rows
    assert row.statement == ("demo_enable() now makes demo->text read-only only where !demo->large: where demo->large "
                             "it calls demo_restore() now")
    bare = "	if (demo->large)\n		return -EINVAL;\n	demo_note(demo);\n	return set"
    rows = review(TEXT, TEXT.replace("	return set", bare)).first_page.rows
    assert [row.statement for row in rows] == ["demo_enable() now makes demo->text read-only only where !demo->large"]


def test_what_the_new_test_asks_is_not_called_instead() -> None:
    """A variable is tested, set and tested again: what stands behind both tests is called all the same."""
    code = ("int demo_enable(struct demo *demo)\n{\n	struct text *text = demo->text;\n\n	if (!text) {\n"
            "		text = kzalloc(8, GFP_KERNEL);\n		if (!text)\n			return -ENOMEM;\n"
            "		return set_memory_ro(text, demo->pages);\n	}\n	return 0;\n}\n")
    asked = code.replace("		return set", "		if (!demo_has(DEMO_TEXT))\n			return 0;\n		return set")
    [row] = review(code, asked).first_page.rows
    assert row.statement.endswith(" read-only only where demo_has(DEMO_TEXT)")

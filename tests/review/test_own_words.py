"""Each side of a cell in the words of its own source: what the patch brings stands in no side before it."""

from __future__ import annotations

from .test_call_conditions import cells_of, go
from .test_from_hunks import LONG, reviewed
from .test_seen import HEAD, PATH, TAIL, changed, review

ASK = "	if (sme_active())\n		return set_memory_encrypted(addr, 1);\n	return 0;\n"
OLD = HEAD + f"int demo_go(unsigned long addr)\n{{\n{ASK}}}\n"
NEW = OLD.replace("sme_active()", "cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT)")


def test_a_condition_that_comes_to_the_same_is_told_of_each_side_in_its_own_words() -> None:
    """The two are the same, but before the patch nobody asked as it asks now."""
    for cell in changed(OLD, NEW, release="5.10").behaviour:
        assert cell.seen == "same"
        if cell.after.is_work:
            assert "only when sme_active(), " in cell.before.does
            assert "only when cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT), " in cell.after.does


def test_a_definition_that_asks_otherwise_did_not_ask_so_before() -> None:
    """A function of the family asks through a predicate that the patch brings: before, it asked the other one."""
    path = "arch/x86/mm/pat/set_memory.c"
    old = ("#include <linux/set_memory.h>\n\nint set_memory_encrypted(unsigned long addr, int numpages)\n{\n"
           "	if (!sme_active())\n		return 0;\n"
           "	return change_page_attr_set(&addr, numpages, __pgprot(0), 0);\n}\n")
    new = old.replace("sme_active()", "cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT)")
    [cell] = [cell for cell in review({path: old}, {path: new}, release="5.10").behaviour
              if cell.call == "set_memory_encrypted"]
    assert cell.before.does.endswith("does nothing when !sme_active()")
    assert cell.after.does.endswith("does nothing when !cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT)")


def test_a_way_out_that_becomes_a_jump_was_there_before() -> None:
    """The test stood in lines that the patch removes, with its own return; only the other test is new."""
    old = go("	if (!demo->slots) {\n		free_page(demo->page);\n		return -ENOMEM;\n	}\n"
             "	return set_memory_decrypted((unsigned long)page, 1);\n")
    new = go("	if (demo->quiet)\n		return 0;\n	if (!demo->slots)\n		goto fail;\n"
             "	return set_memory_decrypted((unsigned long)page, 1);\nfail:\n	free_page(demo->page);\n"
             "	return -ENOMEM;\n")
    [cell] = cells_of(old, new)
    assert "demo->slots" not in cell.before.does + cell.after.does
    assert "only when !demo->quiet, " in cell.after.does


AREAS = "	demo->areas = demo_areas(demo);\n	if (!demo->areas)\n		goto fail;\n"
FREED = "	return 0;\n}\n\nint demo_last"


def _with_areas(text: str) -> str:
    return text.replace("	demo_count(demo, 6);\n", f"	demo_count(demo, 6);\n{AREAS}").replace(
        FREED, "	return 0;\nfail:\n	return -ENOMEM;\n}\n\nint demo_last")


def test_a_test_that_the_patch_adds_is_not_there_before_on_a_later_tree() -> None:
    """The tree has the field and its test already, at another place: the mail adds them."""
    later = _with_areas(LONG).replace("	demo_count(demo, 4);\n", "	demo_count(demo, 4);\n	demo_late(demo);\n")
    for there in (later, later.replace("demo_areas(demo)", "demo_areas(demo, 1)"),
                  LONG.replace("	demo_look(demo);\n", f"	demo_look(demo);\n{AREAS}").replace(
                      FREED, "	return 0;\nfail:\n	return -ENOMEM;\n}\n\nint demo_last")):
        found = reviewed(LONG, _with_areas(LONG), there={PATH: there})
        for cell in found.behaviour:
            assert "demo->areas" not in cell.before.does, cell
            assert "assigned otherwise" not in cell.doubt, cell
        assert all("is assigned otherwise" not in entry.statement for entry in found.level_set)


WHOLE = HEAD + """static void demo_rest(struct demo *demo)
{
	demo_note(demo);
}

static inline void demo_share(struct demo *demo)
{
	demo->undo = 1;
	set_memory_ro((unsigned long)demo, demo->pages);
}

static inline void demo_end(struct demo *demo)
{
	demo_note(demo);
}
"""


def test_a_function_that_the_mail_shows_whole_has_no_test_of_a_later_tree() -> None:
    """The tree puts the call under an option and a test; the hunk shows the function from its head to its end."""
    new = WHOLE.replace("	demo->undo = 1;\n", "	demo_flag(demo);\n")
    there = new.replace("	demo_flag(demo);\n	set_memory_ro((unsigned long)demo, demo->pages);\n",
                        "#ifndef CONFIG_DEMO_ALWAYS\n	if (!demo->jited) {\n		demo_flag(demo);\n"
                        "		set_memory_ro((unsigned long)demo, demo->pages);\n	}\n#endif\n")
    for tree in (there, there.replace("		demo_flag(demo);\n", "		demo->undo = 1;\n"), new.replace(
            "	demo_flag(demo);\n", "	if (demo->jited)\n		return;\n	demo_flag(demo);\n")):
        found = reviewed(WHOLE, new, there={PATH: tree})
        for cell in found.behaviour:
            assert "jited" not in cell.before.does + cell.after.does, cell
            assert "DEMO_ALWAYS" not in dict(cell.config), cell


def test_a_call_at_the_top_of_a_hunk_may_be_the_second_of_its_kind() -> None:
    """The hunk begins with the call, whose like stands above it; the `#if` between them is above the hunk."""
    call = "	set_memory_ro((unsigned long)demo, demo->pages);\n"
    old = WHOLE.replace("	demo->undo = 1;\n", f"{call}	demo_look(demo);\n	demo_count(demo, 1);\n"
                        "#ifdef CONFIG_DEMO_AGAIN\n	set_memory_rw((unsigned long)demo, demo->pages);\n").replace(
        f"{call}}}\n", f"{call}#endif\n	demo_wait(demo);\n	demo_note(demo);\n}}\n")
    new = old.replace("	demo_wait(demo);\n	demo_note(demo);\n", "	demo_wait(demo);\n	demo_mark(demo);\n")
    new = new.replace("#include <linux/set_memory.h>\n", "#include <linux/set_memory.h>\n#include <linux/demo.h>\n")
    for there in (old, new):
        found = reviewed(old, new, there={PATH: there})
        assert [cell.seen for cell in found.behaviour if cell.call.startswith("set_memory_ro") and dict(
            cell.config).get("DEMO_AGAIN") == "y"] == ["same"]


def test_a_condition_that_was_not_compared_is_told_of_each_side() -> None:
    """Nobody knows what the two questions have in common; that each of them is asked can be read."""
    old = go("	if (demo_is_open())\n		return 0;\n	return set_memory_decrypted((unsigned long)page, 1);\n")
    [cell] = cells_of(old, old.replace("demo_is_open()", "!demo_may_share()"))
    assert cell.seen == "not-seen"
    assert "only when !demo_is_open(), " in cell.before.does
    assert "only when demo_may_share(), " in cell.after.does


def test_a_condition_in_the_hunk_of_a_call_is_told_where_the_file_is_not_known() -> None:
    """The hunk shows the test around the call before and after; what other hunks show may have ended above it."""
    old = LONG.replace("	set_memory_decrypted(addr, 1);\n",
                       "	if (demo_is_open(addr))\n		set_memory_decrypted(addr, 1);\n").replace(
        "	demo_wait(demo);\n	demo_look(demo);\n", "	if (count) {\n		demo_wait(demo);\n	}\n")
    new = old.replace("demo_is_open(", "demo_may_share(").replace("		demo_wait(demo);", "		demo_wait(NULL);")
    found = [cell for cell in reviewed(old, new, there={PATH: HEAD}).behaviour if cell.after.is_work]
    assert found
    for cell in found:
        assert cell.seen == "not-seen"
        assert "only when demo_is_open(addr), " in cell.before.does
        assert "only when demo_may_share(addr), " in cell.after.does


def test_a_replaced_question_is_no_question_that_the_patch_changes() -> None:
    """The condition asks another function now: that the first one is written otherwise, too, is not the point."""
    asks = "static bool demo_is_open(void)\n{\n	pr_info(\"demo\");\n	return demo_open;\n}\n\n"
    body = "	if (demo_is_open())\n		return set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n"
    old = go(body, asks)
    new = go(body.replace("demo_is_open()", "demo_may_share()"), asks.replace("pr_info", "pr_warn"))
    [cell] = cells_of(old, new)
    assert "its condition is written otherwise, 'demo_may_share()' (before: 'demo_is_open()')" in cell.doubt
    [cell] = cells_of(old, go("	demo_note(page);\n" + body, asks.replace("pr_info", "pr_warn")))
    assert cell.doubt == "its condition asks demo_is_open(), which the patch changes"


PICK = ("static void demo_pick(struct demo *demo)\n{\n	void *next = demo_next(demo);\n\n	if (next)\n"
        "		set_memory_decrypted((unsigned long)next, 1);\n}\n\n"
        "static void demo_start(struct demo *demo)\n{\n	demo_pick(demo);\n}\n\n")


def test_a_variable_of_a_helper_is_told_with_the_helper() -> None:
    """Neither caller has a `next`; that the one of them calls the same function elsewhere is no new call."""
    own = "	set_memory_decrypted((unsigned long)page, 1);\n"
    old = HEAD + f"int demo_go(void *page)\n{{\n{own}	return 0;\n}}\n"
    new = HEAD + PICK + old.removeprefix(HEAD).replace(own, f"{own}	demo_start(page);\n")
    [cell] = [cell for cell in changed(old, new).behaviour if cell.function == "demo_go" and cell.changed]
    assert "only when next (in demo_pick()), " in cell.after.does
    [said] = [one.statement for one in changed(old, new).level_set if "What the series changes" in one.topic]
    assert said.startswith("Patch 1, demo_go(), demo_start(page), through demo_pick(): now set_memory_decrypted() ")
    assert said.endswith("(before: no such call was there).")


def test_variables_of_two_helpers_are_two_unknowns() -> None:
    """Each helper counts in a variable of its own: that the one is done says nothing of the other."""
    inner = PICK.replace("next", "left").replace("demo_left(demo)", "demo_next(demo)")
    first = "	long left = demo_all(demo);\n\n	if (!left)\n		demo_pick(demo);\n"
    inner = inner.replace("	demo_pick(demo);\n", first)
    old = HEAD + "int demo_go(void *page)\n{\n	return 0;\n}\n"
    new = HEAD + inner + old.removeprefix(HEAD).replace("	return", "	demo_start(page);\n	return")
    [cell] = [cell for cell in changed(old, new).behaviour if cell.function == "demo_go" and cell.changed]
    assert "is called only when !left (in demo_start()) && left (in demo_pick()), " in cell.after.does


def test_a_call_behind_a_label_has_the_tests_of_its_helper() -> None:
    """A failure leads to the call, and the helper asks once more."""
    old = HEAD + ("int demo_go(void *page)\n{\n	if (demo_first(page))\n		goto fail;\n	return 0;\nfail:\n"
                  "	demo_free(page);\n	return -1;\n}\n")
    new = HEAD + PICK + old.removeprefix(HEAD).replace("fail:\n", "fail:\n	demo_pick(page);\n")
    [cell] = [cell for cell in changed(old, new).behaviour if cell.function == "demo_go"]
    assert "only behind the label 'fail' and only when next (in demo_pick()), " in cell.after.does


def test_a_static_function_of_another_file_with_other_arguments_is_another() -> None:
    """What a patch brings under the name that it takes away elsewhere is compared with that only where it is the
    same function."""
    old, there = "arch/powerpc/mm/demo_32.c", "arch/powerpc/mm/demo.c"
    body = "\n{\n	if (!demo_ready())\n		return -EINVAL;\n	return 0;\n}\n"
    whole = f"static int change_page_attr(struct page *page, int numpages, pgprot_t prot){body}" + TAIL
    moved = f"static int change_page_attr(struct page *page,  int numpages, pgprot_t prot){body}"
    other = "static int change_page_attr(pte_t *ptep, unsigned long addr, void *data)\n{\n	return 0;\n}\n"
    for new, was in ((moved, old), (other, "absent")):
        found = review({old: whole}, {old: TAIL, there: new}, arches=("powerpc",), release="5.10")
        [cell] = [cell for cell in found.behaviour if cell.file == there]
        assert cell.before.resolves_to == was


def test_a_definition_that_changes_one_page_leaves_no_part_of_it() -> None:
    """The number is in its body, not in what it is called with; several pages may be changed in part."""
    path = "arch/x86/include/asm/demo_memory.h"
    head = "#include <linux/set_memory.h>\n\nstatic inline int clear_mce_nospec(unsigned long pfn)\n{\n"
    one = f"{head}	return set_memory_wb((unsigned long)pfn_to_kaddr(pfn), 1);\n}}\n"
    for old, expected in ((one, False), (one.replace("(pfn), 1", "(pfn), 2"), True)):
        [cell] = [cell for cell in review({path: old}, {path: old.replace("	return", "	demo_note();\n	return")},
                                          release="5.10").behaviour if cell.call == "clear_mce_nospec"]
        assert ("may leave part of the range changed" in cell.before.does) is expected
        assert ("may leave part of the range changed" in cell.after.does) is expected


def test_a_copy_of_what_the_call_is_given_is_asked_for_as_the_thing_itself() -> None:
    """A local variable takes the pointer, so that the member can be cleared first: the test is the one it was."""
    old = go("	if (!demo->page)\n		return 0;\n"
             "	return set_memory_decrypted((unsigned long)demo->page, 1);\n")
    new = go("	void *page = demo->page;\n\n	if (!page)\n		return 0;\n	demo->page = NULL;\n"
             "	return set_memory_decrypted((unsigned long)page, 1);\n")
    for cell in cells_of(old, new):
        assert cell.seen != "changes"


def test_a_number_that_a_constant_stands_for_now_is_the_same_number() -> None:
    """The patch brings the constant and counts with it: the test of the call is the one it was."""
    old = go("	if (set_memory_uc((unsigned long)page, 4) < 0)\n		return set_memory_wb((unsigned long)page, 4);\n"
             "	return 0;\n")
    new = "#define DEMO_ORDER 2\n\n" + old.replace("4)", "1 << DEMO_ORDER)")
    for cell in cells_of(old, new):
        assert "(before:" not in cell.after.does
        assert cell.seen != "changes"

"""The conditions under which a call runs, as a cell says them: complete, in plain words, and never impossible ones."""

from __future__ import annotations

import re

import pytest

from reviewbot.findings.types import Cell

from .test_seen import HEAD, PATH, TAIL, changed, review

HELPER = """enum demo_mode { DEMO_KEEP, DEMO_SHARE, DEMO_HIDE };

static int demo_set(void *page, enum demo_mode mode)
{
	int ret = 0;

	switch (mode) {
	case DEMO_SHARE:
		ret = set_memory_decrypted((unsigned long)page, 1);
		break;
	case DEMO_HIDE:
		ret = set_memory_encrypted((unsigned long)page, 1);
		break;
	default:
		break;
	}
	if (ret)
		free_page((unsigned long)page);
	return ret;
}

"""
NOTHING = HEAD + "int demo_go(void *page)\n{\n	return 0;\n}\n"


def cells_of(old: str, new: str) -> list[Cell]:
    return [cell for cell in changed(old, new).behaviour if cell.function == "demo_go"]


def go(body: str, head: str = "") -> str:
    return HEAD + head + f"int demo_go(void *page)\n{{\n{body}}}\n"


def test_a_helper_does_what_its_constant_says() -> None:
    """A helper that switches on its argument is one call for one constant, and the other ways are nobody's."""
    new = go("	return demo_set(page, DEMO_HIDE);\n", HELPER)
    found = changed(NOTHING, new)
    assert [cell.after.symbol for cell in found.behaviour if cell.function == "demo_go"] == ["set_memory_encrypted"]
    assert all("set_memory_decrypted" not in finding.message for finding in found.findings)
    assert any("set_memory_encrypted" in finding.message for finding in found.findings)


def test_a_way_that_no_caller_takes_is_no_fault() -> None:
    """Where all callers ask for nothing, no failure inside the helper can be met."""
    found = changed(NOTHING, go("	return demo_set(page, DEMO_KEEP);\n", HELPER))
    assert not found.findings
    assert not [cell for cell in found.behaviour if cell.function == "demo_go"]


@pytest.mark.parametrize(("body", "head", "expected"), [
    ("	if (!demo_on)\n		return 0;\n	return set_memory_decrypted((unsigned long)page, 1);\n", "", "demo_on"),
    (("	bool both = demo_on && !demo_shut;\n\n	if (both)\n"
      "		return set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n"), "", "!demo_shut && demo_on"),
    ("	const enum demo_mode mode = demo_on ? DEMO_SHARE : DEMO_KEEP;\n\n	return demo_set(page, mode);\n",
     HELPER, "demo_on"),
    ("	return demo_share(page);\n",
     ("static int demo_share(void *page)\n{\n	if (!page)\n		return 0;\n"
      "	return set_memory_decrypted((unsigned long)page, 1);\n}\n\n"), "page"),
])
def test_a_new_call_is_told_with_all_its_tests(body: str, head: str, expected: str) -> None:
    """An early return, a variable that is set once, a choice of constants and the helper's own test are all told."""
    [cell] = cells_of(NOTHING, go(body, head))
    assert cell.before.resolves_to == "absent"
    assert cell.after.does.startswith(f"set_memory_decrypted() is called only when {expected}, ")


@pytest.mark.parametrize("stop", ["BUG_ON(demo_count & (PAGE_SIZE - 1));",
                                  "if (demo_count & (PAGE_SIZE - 1))\n		panic(\"demo\");"])
def test_what_stops_the_kernel_is_no_condition(stop: str) -> None:
    """An assertion in front of a call says what always holds there, in its function and in a helper: it is not told."""
    body = f"	{stop}\n	if (!demo_on)\n		return 0;\n	return set_memory_decrypted((unsigned long)page, 1);\n"
    helper = f"static int demo_share(void *page)\n{{\n{body}}}\n\n"
    for new in (go(body), go("	return demo_share(page);\n", helper)):
        [cell] = cells_of(NOTHING, new)
        assert cell.after.does.startswith("set_memory_decrypted() is called only when demo_on, ")


@pytest.mark.parametrize("inner", ["demo_on", "demo_on && page", "!(demo_shut || !demo_on)"])
def test_a_call_that_can_never_run_is_none(inner: str) -> None:
    """Tests that exclude each other, one of them behind a variable, leave no call; the one beside it is there."""
    body = ("	bool none = !demo_on && !demo_shut;\n\n	if (none) {\n"
            f"		if ({inner})\n			set_memory_encrypted((unsigned long)page, 1);\n"
            "		return set_memory_decrypted((unsigned long)page, 1);\n	}\n	return 0;\n")
    assert [cell.after.symbol for cell in cells_of(NOTHING, go(body))] == ["set_memory_decrypted"]


@pytest.mark.parametrize("between", ["demo_on = demo_read();", "demo_fill(&demo_on);"])
def test_what_is_set_in_between_may_be_otherwise(between: str) -> None:
    """A test of what was written since is another test: the call stays."""
    body = (f"	bool demo_on = demo_ask();\n\n	if (!demo_on) {{\n		{between}\n		if (demo_on)\n"
            "			return set_memory_decrypted((unsigned long)page, 1);\n	}\n	return 0;\n")
    assert [cell.after.symbol for cell in cells_of(NOTHING, go(body))] == ["set_memory_decrypted"]


OLD = go("	if (demo_on && !demo_shut)\n		return set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n")


@pytest.mark.parametrize("new", [
    go("	bool wanted = demo_on && !demo_shut;\n\n	if (wanted)\n"
       "		return set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n"),
    go("	if (demo_wanted())\n		return set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n",
       "static bool demo_wanted(void)\n{\n	return demo_on && !demo_shut;\n}\n\n"),
    go("	const bool wanted = demo_wanted();\n\n	if (!wanted)\n		return 0;\n"
       "	return set_memory_decrypted((unsigned long)page, 1);\n",
       "static bool demo_wanted(void)\n{\n	return demo_on && !demo_shut;\n}\n\n"),
])
def test_a_condition_with_a_name_is_the_same_condition(new: str) -> None:
    """A test that goes into a variable or a helper is no change."""
    assert [(cell.seen, cell.changed) for cell in cells_of(OLD, new)] == [("same", False)]


@pytest.mark.parametrize(("old", "new", "seen"), [
    ("	bool open = demo_on();\n\n	if (open)\n", "	bool shared = demo_on();\n\n	if (shared)\n", "same"),
    ("	if (demo_is_open())\n", "	if (demo_is_shared())\n", "same"),
])
def test_a_test_is_told_by_the_name_of_its_own_side(old: str, new: str, seen: str) -> None:
    """What a patch renames has its old name before the patch, and the new name alone is no change."""
    call = "		return set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n"
    asks = "bool {0}(void)\n{{\n	int state = demo_read();\n\n	return state > 1;\n}}\n\n"
    heads = ["" if "demo_on" in body else asks.format(body.split("(")[1]) for body in (old, new)]
    found = changed(go(old + call, heads[0]), go(new + call, heads[1]))
    [cell] = [cell for cell in found.behaviour if cell.function == "demo_go"]
    assert cell.seen == seen
    for effect, other in ((cell.before, new), (cell.after, old)):
        assert not [name for name in re.findall(r"\w+", effect.does) if name in {"open", "shared"}
                    or name.startswith("demo_is") if name in re.findall(r"\w+", other)]


ASKING = "include/linux/demo.h"
ENABLED = """static inline bool demo_enabled(void)
{
	return IS_ENABLED(CONFIG_DEMO) && demo_key();
}
"""
ENABLED_AT_ONCE = """static inline bool demo_enabled(void)
{
	if (!IS_ENABLED(CONFIG_DEMO))
		return false;
	return demo_key();
}
"""
STUBBED = """#ifdef CONFIG_DEMO
bool demo_enabled(void);
#else
static inline bool demo_enabled(void) { return false; }
#endif
"""


@pytest.mark.parametrize("header", [ENABLED, ENABLED_AT_ONCE, STUBBED])
def test_a_question_that_the_configuration_answers_is_none(header: str) -> None:
    """Where the option is off the question is false, and no call is there that a lifted #ifdef could bring."""
    call = "	if (demo_enabled())\n		set_memory_decrypted((unsigned long)page, 1);\n"
    old = go(f"#ifdef CONFIG_DEMO\n{call}#endif\n	return 0;\n", "#include <linux/demo.h>\n")
    new = go(f"{call}	return 0;\n", "#include <linux/demo.h>\n")
    found = review({PATH: old, ASKING: header}, {PATH: new, ASKING: header})
    cells = [cell for cell in found.behaviour if cell.function == "demo_go"]
    assert {(tuple(cell.config), cell.changed) for cell in cells} == {((("DEMO", "y"),), False)}


def test_a_row_says_the_option_that_its_question_asks_for() -> None:
    """Where a question that the patch writes otherwise is false without an option, the call's row has that option."""
    call = "	demo_count();\n	if (demo_enabled())\n		set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n"
    old = go(call, "#include <linux/demo.h>\n")
    found = review({PATH: old, ASKING: ENABLED}, {PATH: old.replace("_count", "_sum"), ASKING: ENABLED_AT_ONCE})
    assert [cell.config for cell in found.behaviour if cell.function == "demo_go"] == [(("DEMO", "y"),)]


def test_a_definition_that_the_configuration_stops_does_nothing_there() -> None:
    """Where the option in its own early return is off, a void function is said to return at once, and else as asked."""
    own, lib = "arch/x86/mm/pat/set_memory.c", "lib/demo.c"
    body = ("#include <linux/demo.h>\n\nvoid __kernel_map_pages(struct page *page, int numpages, int enable)\n{\n"
            "	if (!demo_enabled())\n		return;\n	change_demo(page, numpages);\n	__flush_tlb_all();\n}\n")
    old = ("#include <linux/demo.h>\n\nvoid demo_go(struct page *page)\n{\n"
           "#ifdef CONFIG_DEMO\n	__kernel_map_pages(page, 1, 0);\n#endif\n}\n")
    new = old.replace("#ifdef CONFIG_DEMO\n", "").replace("#endif\n", "")
    both = {ASKING: ENABLED, own: body}
    found = review({lib: old, **both}, {lib: new, **both})
    told = {cell.config: cell.after.does for cell in found.behaviour if cell.function == "demo_go"}
    assert told[("DEMO", "n"),] == ("__kernel_map_pages() always returns at once, as demo_enabled() is false there")
    assert told[("DEMO", "y"),].endswith("does nothing when !demo_enabled()")


WORKER = """static int __set_memory_enc_dec(unsigned long addr, int numpages, bool enc)
{
	if (demo_isolated())
		return demo_visible(addr, numpages, !enc);
	if (demo_has(DEMO_ENCRYPT))
		return __set_memory_enc_pgtable(addr, numpages, enc);
	return 0;
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return __set_memory_enc_dec(addr, numpages, true);
}
"""


def test_a_test_one_function_below_says_when_nothing_is_done() -> None:
    """Where all work is one worker's, and it has one way for each platform, nothing is done where none is taken."""
    own, lib = "arch/x86/mm/pat/set_memory.c", "lib/demo.c"
    old = "int demo_go(unsigned long addr)\n{\n	demo_count();\n	return set_memory_encrypted(addr, 1);\n}\n"
    found = review({lib: old, own: WORKER}, {lib: old.replace("_count", "_sum"), own: WORKER})
    [cell] = [cell for cell in found.behaviour if cell.function == "demo_go"]
    assert cell.after.does.endswith("does nothing when !demo_has(DEMO_ENCRYPT) && !demo_isolated()")


def test_mapping_flushes_nothing_where_only_unmapping_does() -> None:
    """s390 flushes what __kernel_map_pages() takes away, and has nothing to flush where it gives it back."""
    told = {}
    for given in "01":
        old = (f"void demo_go(struct page *page)\n{{\n	demo_count();\n	__kernel_map_pages(page, 1, {given});\n}}\n")
        found = review({"mm/demo.c": old}, {"mm/demo.c": old.replace("_count", "_sum")}, arches=("s390",))
        told[given] = {"flushes" in cell.after.does for cell in found.behaviour if cell.function == "demo_go"}
    assert told == {"0": {True}, "1": {False}}


def test_a_warning_is_what_it_warns_of() -> None:
    """A test that also warns is told as the test."""
    [cell] = cells_of(NOTHING, go('	if (WARN(!page, "no page %d\\n", 1))\n		return 0;\n'
                                  "	return set_memory_decrypted((unsigned long)page, 1);\n"))
    assert cell.after.does.startswith("set_memory_decrypted() is called only when page, ")


def test_what_an_if_line_asks_is_no_test_of_the_call() -> None:
    """A condition of the preprocessor is not told as one of the call, and another one is not proved to be the same."""
    call = "	if (demo_on)\n		return set_memory_decrypted((unsigned long)page, 1);\n"
    under = go(f"#if DEMO_SIZE >= PAGE_SIZE && defined(DEMO_FAST)\n{call}#endif\n	return 0;\n")
    [cell] = cells_of(NOTHING, under)
    assert cell.after.does.startswith("set_memory_decrypted() is called only when demo_on, ")
    [cell] = cells_of(go(f"{call}	return 0;\n"), under)
    assert (cell.seen, cell.doubt) == ("not-seen", "the #if around it is another one")


def test_a_test_that_stays_is_told_whole_or_not_at_all() -> None:
    """A call that stays as it is names all its tests where it names one."""
    old = go("	if (demo_ask() && !demo_state.shut)\n		return set_memory_decrypted((unsigned long)page, 1);\n"
             "	return 0;\n")
    [cell] = cells_of(old, old.replace("return 0;", "demo_count(1);\n	return 0;"))
    assert (cell.seen, cell.before.does) == ("same", cell.after.does)
    assert "is called only when !demo_state.shut && demo_ask(), " in cell.after.does


def test_both_ways_of_a_helper_are_told() -> None:
    """Of two calls that a test at run time chooses between, neither is lost."""
    helper = ("static int demo_set(void *page)\n{\n	if (demo_ask())\n"
              "		return set_memory_encrypted((unsigned long)page, 1);\n"
              "	return set_memory_decrypted((unsigned long)page, 1);\n}\n\n")
    found = cells_of(NOTHING, go("	return demo_set(page);\n", helper))
    assert [(cell.after.symbol, " is called only when demo_ask(), " in cell.after.does,
             " is called only when !demo_ask(), " in cell.after.does) for cell in found] == [
        ("set_memory_encrypted", True, False), ("set_memory_decrypted", False, True)]


def test_tests_that_are_too_many_are_not_told_in_part() -> None:
    """A new call behind more tests than a line holds is said to run in some cases only."""
    many = " && ".join(f"demo_state.a_rather_long_name_{number}" for number in range(12))
    [cell] = cells_of(NOTHING, go(f"	if (demo_ask() && {many})\n"
                                  "		return set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n"))
    assert cell.after.does.startswith("set_memory_decrypted() is called only in some cases, ")


def test_a_table_is_no_value_of_a_test() -> None:
    """What is no answer to a question keeps its name in a test."""
    [cell] = cells_of(NOTHING, go("	const char wanted[] = { 1, 2 };\n\n	if (memcmp(page, wanted, 2))\n"
                                  "		return 0;\n	return set_memory_decrypted((unsigned long)page, 1);\n"))
    assert " is called only when !memcmp(page, wanted, 2), " in cell.after.does


@pytest.mark.parametrize(("strong", "expected"), [(False, []), (True, ["set_memory_ro"])])
def test_a_weak_default_answers_where_nothing_replaces_it(strong: bool, expected: list[str]) -> None:
    """A question whose only body is a weak one that returns false is false in the helper behind the call as well."""
    helper = ("static int demo_set(void *page)\n{\n	if (!demo_guest())\n		return 0;\n"
              "	return set_memory_ro((unsigned long)page, 1);\n}\n\n")
    tree = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "Kbuild": "obj-y += drivers/\n",
            "arch/x86/Kconfig": "config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\nconfig MMU\n\tdef_bool y\n\n"
                                "config ARCH_HAS_SET_MEMORY\n\tbool\n",
            "drivers/Makefile": "obj-y += demo.o guest.o strong.o\n",
            "drivers/guest.c": "bool __weak demo_guest(void)\n{\n	return false;\n}\n"}
    if strong:
        tree["drivers/strong.c"] = "bool demo_guest(void)\n{\n	return demo_level > 1;\n}\n"
    path = "drivers/demo.c"
    found = review({**tree, path: NOTHING}, {**tree, path: go("	return demo_set(page);\n", helper)})
    assert [cell.after.symbol for cell in found.behaviour if cell.function == "demo_go"] == expected


@pytest.mark.parametrize("callee", ["demo_load", "demo_above"])
def test_a_call_behind_a_weak_default_that_fails_is_not_reached(callee: str) -> None:
    """Where a weak body that only returns an error is all there is, what stands behind its test never runs, in the
    function itself and through it: the call is there all the same."""
    tree = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "Kbuild": "obj-y += drivers/\n",
            "arch/x86/Kconfig": "config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\nconfig MMU\n\tdef_bool y\n\n"
                                "config ARCH_HAS_SET_MEMORY\n\tbool\n",
            "drivers/Makefile": "obj-y += demo.o\n"}
    head = "#include <linux/set_memory.h>\n\nint demo_size(int pages);\nint demo_seal(void *page);\n\n"
    above = "\nint demo_above(void *page)\n{\n	return demo_load(page);\n}\n"
    old = head + ("int demo_load(void *page)\n{\n	return set_memory_ro((unsigned long)page, 1);\n}\n") + above
    new = head + ("int demo_load(void *page)\n{\n	int size;\n\n	size = demo_size(1);\n	if (size < 0)\n"
                  "		return size;\n	return demo_seal(page);\n}\n") + above + (
        "\nint __weak demo_seal(void *page)\n{\n	return set_memory_x((unsigned long)page, 1);\n}\n"
        "\nint __weak demo_size(int pages)\n{\n	return -EOPNOTSUPP;\n}\n")
    path = "drivers/demo.c"
    if callee == "demo_above":
        old, new = (text.replace("	return demo_load(page);\n", f"	demo_note({number});\n	return demo_load(page);\n")
                    for number, text in enumerate((old, new)))
    found = review({**tree, path: old}, {**tree, path: new})
    cells = [cell for cell in found.behaviour if cell.function == callee]
    assert {cell.after.does for cell in cells} == {"is not reached there"}
    assert {cell.before.symbol for cell in cells} == {"set_memory_ro"}
    assert not any("nothing is called" in fact.statement for fact in found.level_set)


@pytest.mark.parametrize("name", ["err", "outcome"])
def test_two_values_of_one_variable_are_not_mixed_in_a_condition(name: str) -> None:
    """A result that is tested, set again and tested again is not told as a condition, whatever its name is."""
    [cell] = cells_of(NOTHING, go(f"	int {name} = demo_prepare(page);\n\n	if ({name})\n		return {name};\n"
                                  f"	{name} = demo_insert(page);\n	if ({name} < 0)\n"
                                  f"		{name} = set_memory_decrypted((unsigned long)page, 1);\n"
                                  f"	return {name};\n"))
    assert " only when " not in cell.after.does


def test_a_variable_that_changes_between_its_tests_is_not_told() -> None:
    """Of two tests of a variable that is set between them neither is told, and a third test is."""
    [cell] = cells_of(NOTHING, go("	if (demo_state.count || !demo_ask())\n		return 0;\n"
                                  "	demo_state.count = demo_next();\n	if (!demo_state.count)\n		return 0;\n"
                                  "	return set_memory_decrypted((unsigned long)page, 1);\n"))
    assert " is called only when demo_ask(), " in cell.after.does


def test_a_call_behind_a_label_is_not_under_the_tests_of_the_good_way() -> None:
    """What a `goto` alone leads to is called when that is taken, not when the tests before it were passed."""
    body = ("	if (!demo_on)\n		return 0;\n	if (demo_load(page))\n		goto free_page;\n	return 0;\n\n"
            "free_page:\n	demo_free(page);\n{}	return -EINVAL;\n")
    call = "	set_memory_encrypted((unsigned long)page, 1);\n"
    [cell] = cells_of(go(body.format("")), go(body.format(call)))
    assert cell.after.does.startswith("set_memory_encrypted() is called only behind the label 'free_page', ")
    other = go(body.format(call).replace("\t", "  ").replace("free_page:", "  free_page :"))
    [cell] = cells_of(go(body.format("")), other)
    assert "behind the label 'free_page'" in cell.after.does
    through = body.replace("	return 0;\n\nfree", "	demo_on = 0;\n\nfree")
    [cell] = cells_of(go(through.format("")), go(through.format(call)))
    assert "label" not in cell.after.does


@pytest.mark.parametrize(("old", "new", "what"), [
    ("demo_mode == DEMO_OFF", "demo_is_off", "not-seen"),
    ("demo_mode == DEMO_OFF", "demo_mode == DEMO_LAST", "changes"),
    ("demo_is_off", "demo_is_off || demo_is_last", "changes"),
    ("!debug_pagealloc_enabled()", "!can_set_direct_map()", "changes"),
])
def test_a_test_that_gives_way_to_another_may_be_the_same_one(old: str, new: str, what: str) -> None:
    """Of two tests in other words nobody can tell whether they differ, unless both are known or ask about one thing."""
    body = "	if ({})\n		return 0;\n	return set_memory_decrypted((unsigned long)page, 1);\n"
    assert what in {cell.seen for cell in cells_of(go(body.format(old)), go(body.format(new)))}


def test_memory_of_a_kind_that_lies_in_pages_has_nothing_to_split() -> None:
    """A program's header stands in memory that is mapped in pages, whoever asks: only other mappings may be split."""
    new = HEAD + ("void demo_go(struct bpf_binary_header *hdr)\n{\n	set_memory_x((unsigned long)hdr, hdr->pages);\n"
                  "	set_memory_ro((unsigned long)hdr, hdr->pages);\n}\n")
    found = changed(NOTHING.replace("int demo_go(void *page)", "void demo_go(struct bpf_binary_header *hdr)").replace(
        "	return 0;\n", ""), new, release="5.10")
    assert {cell.after.symbol: cell.after.may_fail for cell in found.behaviour if cell.function == "demo_go"} == {
        "set_memory_x": False, "set_memory_ro": True}


def test_a_question_answered_alike_on_every_backend_is_the_same_condition() -> None:
    """Where all that the kernel can run on is told the same, the call runs as it did; else it is another condition."""
    ask = "	if (sme_active())\n		return set_memory_encrypted(addr, 1);\n	return 0;\n"
    signature = HEAD + "int demo_go(unsigned long addr)\n{\n"
    old = f"{signature}{ask}}}\n"
    for asked, seen in (("CC_ATTR_HOST_MEM_ENCRYPT", {"same"}), ("CC_ATTR_MEM_ENCRYPT", {"changes"}),
                        ("DEMO_ATTR", {"not-seen"})):
        new = old.replace("sme_active()", f"cc_platform_has({asked})")
        assert {cell.seen for cell in changed(old, new, release="5.10").behaviour} == seen, asked


def test_how_often_a_loop_of_a_helper_runs_is_no_condition() -> None:
    """What only lets a helper's loop go on is not told as what the call depends on."""
    helper = ("static int demo_all(struct demo *demo)\n{\n	int i, ret;\n\n	for (i = 0; i < demo->count; i++) {\n"
              "		ret = set_memory_decrypted(demo->part[i], 1);\n		if (ret)\n			return ret;\n	}\n"
              "	return 0;\n}\n\n")
    found = changed(NOTHING, go("	if (demo_on)\n		return demo_all(page);\n	return 0;\n", helper))
    assert {cell.after.does.split(", ")[0] for cell in found.behaviour if cell.function == "demo_go"} == {
        "set_memory_decrypted() is called only when demo_on"}


def test_another_test_of_another_calls_result_is_no_condition_of_the_call() -> None:
    """How a function asks whether what it called before has worked changes with that function alone."""
    body = ("	int ret = demo_copy(page);\n\n	if (ret < 0)\n		return -EINVAL;\n"
            "	return set_memory_decrypted((unsigned long)page, 1);\n")
    [cell] = cells_of(go(body), go(body.replace("int ret = demo_copy", "void *ret = demo_other").replace(
        "ret < 0", "!ret")))
    assert cell.seen == "not-seen"
    assert "its condition is written otherwise" in cell.doubt


def test_a_new_stub_of_a_header_is_a_stub() -> None:
    """Of an inline function that only returns 0 it is known that it does nothing and cannot fail."""
    path = "arch/riscv/include/asm/set_memory.h"
    header = ("#ifdef CONFIG_MMU\nint set_memory_ro(unsigned long addr, int numpages);\n#else\n"
              "static inline int set_memory_ro(unsigned long addr, int numpages) { return 0; }\n#endif\n")
    found = review({}, {path: header}, arches=("riscv",), release="5.10")
    assert all(cell.after.resolves_to == "stub" and not cell.changed for cell in found.behaviour)
    assert all("may perhaps fail" not in entry.statement for entry in found.level_set)


def test_a_way_out_with_an_error_in_a_helper_is_no_condition_of_the_call() -> None:
    """That a helper has failed before it makes the call goes without saying."""
    helper = ("static int demo_all(struct demo *demo)\n{\n	void *part = demo_part(demo);\n\n	if (!part)\n"
              "		return -ENOMEM;\n	if (demo->quiet)\n		return 0;\n"
              "	return set_memory_decrypted((unsigned long)part, 1);\n}\n\n")
    found = changed(NOTHING, go("	return demo_all(page);\n", helper))
    assert {cell.after.does.split(", ")[0] for cell in found.behaviour if cell.function == "demo_go"} == {
        "set_memory_decrypted() is called only when !page->quiet"}


def test_a_new_condition_stands_without_the_ways_out_with_an_error_that_stay() -> None:
    """Where a call gains a condition, what both sides leave with an error for is not told; a new one is."""
    body = ("	if (demo_bad(page))\n		return -EINVAL;\n	if (demo_on)\n"
            "		return set_memory_decrypted((unsigned long)page, 1);\n	return 0;\n")
    for new, words in ((body.replace("demo_on", "demo_on && demo_open"), "demo_on && demo_open"),
                       (body.replace("	if (demo_on", "	if (demo_odd(page))\n		return -EIO;\n	if (demo_on"),
                        "!demo_odd(page) && demo_on")):
        [cell] = cells_of(go(body), go(new))
        assert cell.before.does.startswith("set_memory_decrypted() is called only when demo_on, ")
        assert cell.after.does.startswith(f"set_memory_decrypted() is called only when {words}, ")


def test_a_row_tells_the_tests_of_the_helper_that_it_has() -> None:
    """Of two helpers between which an option chooses, each row has the tests of the one whose outcome it tells."""
    helper = ("#ifdef CONFIG_DEMO_FAST\nstatic int demo_seal(void *page)\n{\n	if (!demo_fast())\n		return 0;\n"
              "	set_memory_ro((unsigned long)page, 1);\n	return 0;\n}\n#else\nstatic int demo_seal(void *page)\n{\n"
              "	if (!demo_slow())\n		return 0;\n	return set_memory_ro((unsigned long)page, 1);\n}\n#endif\n\n")
    old, new = (go(f"{test}	return demo_seal(demo->a);\n", helper) for test in (
        "", "	if (!demo->on)\n		return 0;\n"))
    found = {dict(cell.config)["DEMO_FAST"]: cell for cell in cells_of(old, new)}
    for value, test, fate in (("y", "demo_fast()", "dropped"), ("n", "demo_slow()", "returned")):
        cell = found[value]
        assert (cell.before.on_failure, cell.after.on_failure) == (fate, fate)
        assert f"only when {test}, " in cell.before.does
        assert f"only when demo->on && {test}, " in cell.after.does


COPIED = {
    "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
    "arch/x86/Kconfig": "config X86\n	def_bool y\n	select ARCH_HAS_MEM_ENCRYPT\n",
    "arch/x86/mm/pat/set_memory.c": "int set_memory_decrypted(unsigned long addr, int numpages)\n{\n"
                                    "	return demo_change(addr, numpages);\n}\n",
    "include/linux/set_memory.h": "int set_memory_decrypted(unsigned long addr, int numpages);\n",
    "include/linux/demo_map.h": """static inline bool demo_is_copied(unsigned long flags)
{
	return (flags & (DEMO_SHARED | DEMO_MAYWRITE)) == DEMO_MAYWRITE;
}

static inline bool demo_map_is_copied(const struct demo_map *map)
{
	return demo_is_copied(map->flags);
}

static inline bool demo_map_is_shared(const struct demo_map *map)
{
	return map->flags & DEMO_SHARED;
}
"""}


@pytest.mark.parametrize(("asked", "answer"), [("demo_map_is_copied(map)", "same"),
                                               ("demo_map_is_shared(map)", "changes"),
                                               ("demo_map_is_elsewhere(map)", "not-seen")])
def test_a_wrapper_asks_what_its_body_asks(asked: str, answer: str) -> None:
    """A question that gives way to one whose body asks it of the same object is no other condition; what a function
    asks that the tree does not define is not known."""
    code = HEAD + ("#include <linux/demo_map.h>\n\nint demo_open(struct demo_map *map)\n{\n"
                   "	if (demo_is_copied(map->flags))\n		return -EINVAL;\n"
                   "	return set_memory_decrypted(map->address, 1);\n}\n") + TAIL
    after = code.replace("demo_is_copied(map->flags)", asked)
    found = review({"mm/demo.c": code, **COPIED}, {"mm/demo.c": after, **COPIED})
    assert {cell.seen for cell in found.behaviour} == {answer}


AGAIN = """	int ret;

again:
	ret = demo_add(page);
	if (ret == -EAGAIN) {
		CALL
		goto again;
	}
	return ret;
"""


def test_a_call_for_one_failure_alone_is_told_with_that() -> None:
    """What is done only where something failed in one way is not done wherever the other tests let it."""
    call = "if (demo_ask())\n			set_memory_decrypted((unsigned long)page, 1);"
    said = "only when (ret == -EAGAIN) && demo_ask(), "
    [cell] = cells_of(NOTHING, go(AGAIN.replace("CALL", call)))
    assert said in cell.after.does
    [cell] = cells_of(go(AGAIN.replace("CALL", call)), go(AGAIN.replace("CALL", "demo_note(page);")))
    assert said in cell.before.does
    passed = go("	int ret = demo_add(page);\n\n	if (ret == -EAGAIN || !demo_ask())\n		return ret;\n"
                "	return set_memory_decrypted((unsigned long)page, 1);\n")
    [cell] = cells_of(NOTHING, passed)
    assert "EAGAIN" not in cell.after.does

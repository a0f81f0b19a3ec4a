"""Every sentence of the level set holds for all that it names."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from reviewbot.report import render_json
from reviewbot.review import Review
from reviewbot.review.levelset import _failures
from tests.report import report_sample as sample
from tests.review.test_seen import HEAD, PATH, TAIL, changed, review, sayings


def test_functions_and_architectures_are_not_joined_crosswise() -> None:
    """A call of one architecture's file and one of a generic file are two sentences: only one is on both."""
    generic = "kernel/demo_both.c"
    old = HEAD + "void demo_NAME(unsigned long addr, int nr)\n{\n\tdemo_prepare(addr);\n}\n" + TAIL
    new = old.replace("prepare(addr);", "prepare(addr);\n\tset_memory_x(addr, nr);")
    before = {"arch/x86/kernel/demo.c": old.replace("NAME", "one"), generic: old.replace("NAME", "two")}
    after = {"arch/x86/kernel/demo.c": new.replace("NAME", "one"), generic: new.replace("NAME", "two")}
    found = review(before, after, arches=("s390", "x86"))
    told = [(entry.arch, entry.statement) for entry in found.level_set if entry.topic == "What the series changes"]
    assert [arch for arch, text in told if "demo_one()" in text] == ["x86"]
    assert all("demo_one()" not in text for arch, text in told if "s390" in arch)
    assert any("demo_two()" in text for arch, text in told if "s390" in arch)


HELPER = """static int demo_change(unsigned long addr, int nr)
{
	return set_memory_rw(addr, nr);
}

"""
PAGES = HEAD + """int demo_open(struct demo *demo, unsigned long addr)
{
	demo->open = true;
	return 0;
}
"""


def calling(call: str) -> Review:
    new = PAGES.replace("return 0;", f"return {call};")
    return changed(PAGES, new.replace(HEAD, HEAD + HELPER) if "demo_change" in call else new)


@pytest.mark.parametrize("call", ["set_memory_rw(addr, 1)", "demo_change(addr, 1)", "set_memory_rw(addr, (1UL))",
                                  "set_direct_map_invalid_noflush(demo->page)"])
def test_a_single_page_has_no_part(call: str) -> None:
    """That a part of the range may be left changed is not said of one page, nor through a helper that is given 1."""
    found = calling(call)
    assert "splits a large leaf" in sayings(found)
    assert "part of the range" not in sayings(found)


@pytest.mark.parametrize("call", ["set_memory_rw(addr, 2)", "demo_change(addr, demo->nr)"])
def test_several_pages_have_parts(call: str) -> None:
    """Of more than one page it is said."""
    assert "may leave part of the range changed" in sayings(calling(call))


def test_only_errors_that_can_come_are_told() -> None:
    """An error for a map that does not exist, or for an address that is not mapped, is no way to fail here."""
    found = calling("set_memory_rw(addr, 2)")
    assert {errno for cell in found.behaviour for errno in cell.after.errnos} == {"ENOMEM"}


def test_a_call_that_changes_no_mapping_has_nothing_to_flush() -> None:
    """Where memory is only shared through the firmware no page table is changed, and no flush is left to anybody."""
    generic = "kernel/demo_both.c"
    old = HEAD + "void demo_two(unsigned long addr, int nr)\n{\n\tdemo_prepare(addr);\n}\n" + TAIL
    new = old.replace("prepare(addr);", "prepare(addr);\n\tset_memory_decrypted(addr, nr);")
    found = review({generic: old}, {generic: new}, arches=("powerpc", "s390"))
    told = [cell.after.does for cell in found.behaviour if cell.after.resolves_to.startswith("arch/")]
    assert told
    assert all("changes no page table" in text and "flush" not in text and "split" not in text for text in told)


PAGED = """int demo_open(struct demo *demo)
{{
	char *text = {memory};

	if (!text)
		return -ENOMEM;
	{before}
	demo->text = text;
	return {call};
}}
"""


@pytest.mark.parametrize(("arch", "memory", "call", "splits", "errnos"), [
    ("x86", "vmalloc(PAGE_SIZE * 4)", "set_memory_x((unsigned long)text, 4)", False, set()),
    ("x86", "vmalloc(PAGE_SIZE * 4)", "set_memory_ro((unsigned long)text, 4)", True, {"ENOMEM"}),
    ("s390", "vmalloc(PAGE_SIZE * 4)", "set_memory_ro((unsigned long)text, 4)", False, set()),
    ("arm64", "vmalloc(PAGE_SIZE * 4)", "set_memory_ro((unsigned long)text, 4)", False, set()),
    ("arm64", "vmap(demo->pages, 4, 0, PAGE_KERNEL)", "set_memory_ro((unsigned long)text, 4)", False, {"EINVAL"}),
    ("s390", "demo_memory(demo)", "set_memory_ro((unsigned long)text, 4)", True, {"ENOMEM"}),
])
def test_what_a_call_can_meet_in_its_memory(arch: str, memory: str, call: str, splits: bool, errnos: set[str]) -> None:
    """Nothing is said to be split where the memory is mapped in pages, unless another mapping of it changes too."""
    code = HEAD + PAGED.format(memory=memory, call="0", before="text[0] = 0;")
    new = HEAD + PAGED.format(memory=memory, call=call, before="text[0] = 0;")
    path = "kernel/demo_both.c"
    cells = [cell.after for cell in review({path: code}, {path: new}, arches=(arch,), release="5.10").behaviour]
    assert cells
    assert {"splits a large leaf" in cell.does for cell in cells} == {splits}
    assert {errno for cell in cells for errno in cell.errnos} == errnos


def test_a_write_through_a_pointer_leaves_the_pointer() -> None:
    """What is stored in the memory between two calls does not make it other memory."""
    path = "kernel/demo_both.c"
    code = HEAD + PAGED.format(memory="vmalloc(PAGE_SIZE)", call="0", before="*text = 0;")
    new = code.replace("return 0", "return set_memory_ro((unsigned long)text, 1)")
    found = review({path: code}, {path: new}, arches=("s390",), release="5.10")
    assert [cell.after.on_failure for cell in found.behaviour] == ["cannot-fail"]


def known(found: Review) -> list[str]:
    return [entry.topic.removeprefix("Known: ") for entry in found.level_set if entry.topic.startswith("Known: ")]


S390 = """static int split_pmd_page(pmd_t *pmdp, unsigned long addr)
{
	pt_dir = vmem_pte_alloc();
	if (!pt_dir)
		return -ENOMEM;
	pgt_set((unsigned long *)pmdp, pmd_val(new), addr, CRDTE_DTT_SEGMENT);
	return 0;
}

static int walk_pmd_level(pmd_t *pmdp, unsigned long addr)
{
	int rc;

	rc = split_pmd_page(pmdp, addr);
	if (rc)
		return rc;
	return 0;
}

int __set_memory(unsigned long addr, int numpages, unsigned long flags)
{
	addr &= PAGE_MASK;
	return change_page_attr(addr, addr + numpages * PAGE_SIZE, flags);
}
"""


def known_on_s390(code: str, new: str) -> list[str]:
    path, own = "kernel/demo_both.c", {"arch/s390/mm/pageattr.c": S390}
    return known(review({path: code, **own}, {path: new, **own}, arches=("s390",), release="5.10"))


def test_what_is_known_bears_on_what_changes() -> None:
    """Of splitting nothing is told where nothing can be split, and of aliases nothing where only a test changes."""
    for memory, topics in (("vmalloc(PAGE_SIZE)", {"aliases"}), ("demo_memory(demo)", {"aliases", "splitting"})):
        code = HEAD + PAGED.format(memory=memory, call="0", before="")
        new = code.replace("return 0", "return set_memory_ro((unsigned long)text, 1)")
        assert set(known_on_s390(code, new)) == topics
    code = HEAD + PAGED.format(memory="demo_memory(demo)", call="set_memory_ro((unsigned long)text, 1)", before="")
    new = code.replace("\tdemo->text = text;\n", "\tif (demo->open)\n\t\treturn 0;\n")
    assert "aliases" not in known_on_s390(code, new)


def test_a_stub_has_no_facts() -> None:
    """Of a function that does nothing on an architecture nothing more is told than that."""
    path = "kernel/demo_both.c"
    code = HEAD + PAGED.format(memory="demo_memory(demo)", call="0", before="")
    new = code.replace("return 0", "return set_memory_ro((unsigned long)text, 1)")
    assert known(review({path: code}, {path: new}, arches=("powerpc",), release="5.10")) == []


def test_a_map_of_pages_has_nothing_to_split() -> None:
    """Where a call is only made with page-allocator debugging, the direct map is made of pages, and nothing fails."""
    code = "void demo_hide(struct page *page)\n{\n\tdemo_count(page);\n}\n"
    for test, word, fate in (("debug_pagealloc_enabled()", "never has to split", "cannot-fail"),
                             ("demo_enabled()", "splits a large leaf if it must", "dropped")):
        new = code.replace("\tdemo_count", f"\tif ({test})\n\t\t__kernel_map_pages(page, 1, 0);\n\tdemo_count")
        path = "arch/x86/mm/demo.c"
        [cell] = review({path: HEAD + code + TAIL}, {path: HEAD + new + TAIL}, release="5.10").behaviour
        assert word in cell.after.does
        assert cell.after.on_failure == fate


def test_a_static_function_that_asks_for_a_map_of_pages_is_asked_what_it_asks() -> None:
    """A test in a function of the same file, which the patch leaves alone, decides as one in front of the call does."""
    code = ("static bool demo_enabled(struct demo *demo)\n{\n"
            "\treturn debug_pagealloc_enabled_static() && demo->size;\n}\n\n"
            "void demo_hide(struct demo *demo, struct page *page)\n{\n\tdemo_count(page);\n"
            "\tif (!demo_enabled(demo))\n\t\treturn;\n\t__kernel_map_pages(page, 1, 0);\n}\n")
    [cell] = review({"arch/x86/mm/demo.c": HEAD + code + TAIL},
                    {"arch/x86/mm/demo.c": HEAD + code.replace("demo_count", "demo_note") + TAIL},
                    release="5.10").behaviour
    assert "never has to split" in cell.before.does
    assert "never has to split" in cell.after.does


def test_memory_that_a_helper_of_the_file_takes_from_vmalloc() -> None:
    """A function that does nothing but hand on what vmalloc() gives is vmalloc() to its callers."""
    helper = "static void *demo_memory(unsigned long size)\n{\n\treturn vmalloc(size);\n}\n\n"
    path = "kernel/demo_both.c"
    code = HEAD + helper + PAGED.format(memory="demo_memory(PAGE_SIZE)", call="0", before="")
    new = code.replace("return 0", "return set_memory_x((unsigned long)text, 1)")
    [cell] = review({path: code}, {path: new}, release="5.10").behaviour
    assert (cell.after.splits, cell.after.on_failure) == ("no", "cannot-fail")
    new = new.replace("\tdemo->text", "\tdemo->pages = DIV_ROUND_UP(size, PAGE_SIZE);\n\tdemo->text")
    [cell] = review({path: code}, {path: new.replace("text, 1)", "text, demo->pages)")}, release="5.10").behaviour
    assert (cell.after.splits, cell.after.on_failure) == ("no", "cannot-fail")


def test_a_new_definition_fails_as_what_it_calls() -> None:
    """Of a worker that the model knows only the errors that can come are those of a function that a patch adds."""
    code = "int demo_first(void)\n{\n\treturn 0;\n}\n"
    new = code + "\nint set_direct_map_invalid_noflush(struct page *page)\n{\n\treturn __set_pages_np(page, 1);\n}\n"
    path = "arch/x86/mm/demo.c"
    cells = review({path: code}, {path: new}, release="5.10").behaviour
    assert {cell.after.errnos for cell in cells if cell.call == "set_direct_map_invalid_noflush"} == {("ENOMEM",)}


@pytest.mark.parametrize(("arch", "errnos", "fate"), [("x86", ("ENOMEM",), "returned"), ("riscv", (), "cannot-fail")])
def test_calls_that_are_not_proved_the_same_fail_alike(arch: str, errnos: tuple[str, ...], fate: str) -> None:
    """What was seen in front of one of two calls is no difference of the two while it is open whether they are one."""
    code = HEAD + PAGED.format(memory="vmalloc(PAGE_SIZE)", call="set_memory_x((unsigned long)text, 1)", before="")
    new = code.replace("vmalloc(PAGE_SIZE)", "demo_memory(demo)")
    path = "kernel/demo_both.c"
    [cell] = review({path: code}, {path: new}, arches=(arch,), release="5.10").behaviour
    assert cell.doubt
    assert {(effect.errnos, effect.on_failure) for effect in (cell.before, cell.after)} == {(errnos, fate)}
    assert cell.before.does == cell.after.does


def test_code_that_stands_in_another_function_bears_out_nothing() -> None:
    """What is said of a function by name is not said in a tree where another function does it."""
    code = HEAD + "void demo_hide(struct page *page)\n{\n\tdemo_count(page);\n}\n" + TAIL
    new = code.replace("\tdemo_count", "\t__kernel_map_pages(page, 1, 0);\n\tdemo_count")
    body = "\tpreempt_disable();\n\t__flush_tlb_all();\n\tpreempt_enable();\n}\n"
    for name, told in (("__kernel_map_pages", True), ("demo_flush", False)):
        own = {"arch/x86/mm/pat/set_memory.c": f"void {name}(struct page *page, int numpages, int enable)\n{{\n{body}"}
        found = review({PATH: code, **own}, {PATH: new, **own}, release="5.10")
        assert any("of its own processor only" in entry.statement for entry in found.level_set) is told


def test_where_the_file_does_not_compile_no_call_does_what_it_did() -> None:
    """A new function beside the calls names what only one architecture's headers have."""
    path = "kernel/demo_both.c"
    code = HEAD + "void demo_open(unsigned long addr, int nr)\n{\n\tdemo_prepare(addr);\n\tset_memory_x(addr, nr);\n}\n"
    entry = "config {}\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n\nconfig ARCH_HAS_SET_MEMORY\n\tbool\n"
    before = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "Kbuild": "obj-y += kernel/\n",
              "kernel/Makefile": "obj-y += demo_both.o\n", path: code,
              "arch/x86/Kconfig": entry.format("X86"), "arch/arm64/Kconfig": entry.format("ARM64"),
              "arch/arm64/include/asm/pgtable.h": "#define demo_pte_valid(pte)\t((pte) & 1)\n",
              "arch/x86/include/asm/pgtable.h": "#define demo_pte(pte)\t((pte) & 1)\n",
              "include/linux/set_memory.h": "#include <asm/pgtable.h>\n"}
    other = "\nint demo_check(unsigned long addr)\n{\n\treturn demo_pte_valid(addr);\n}\n"
    new = code.replace("demo_prepare(addr);", "demo_prepare(addr);\n\tdemo_count(1);") + other
    found = review(before, {**before, path: new}, arches=("arm64", "x86"))
    assert [one.arch for one in found.findings if one.rule == "undeclared-on-arch"] == [("x86",)]
    assert [entry.arch for entry in found.level_set if "do what they did" in entry.statement] == ["arm64"]


def test_what_a_helper_asks_decides_what_its_call_meets() -> None:
    """Where a helper in between goes on with page-allocator debugging alone, no large leaf is there to be split."""
    head = ("static bool demo_wanted(struct demo *demo)\n{\n"
            "\treturn debug_pagealloc_enabled_static() && demo->size;\n}\n\n"
            "static void demo_map(struct demo *demo)\n{\n\tif (!demo_wanted(demo))\n\t\treturn;\n"
            "\tkernel_map_pages(demo->page, 1, 1);\n}\n\n")
    header = ("static inline bool debug_pagealloc_enabled_static(void)\n{\n"
              "\treturn static_branch_unlikely(&_debug_pagealloc_enabled);\n}\n\n"
              "static inline void kernel_map_pages(struct page *page, int numpages, int enable)\n{\n"
              "\t__kernel_map_pages(page, numpages, enable);\n}\n")
    old = HEAD + head + "int demo_go(struct demo *demo)\n{\n\tdemo_count();\n\tdemo_map(demo);\n\treturn 0;\n}\n"
    found = review({PATH: old}, {PATH: old.replace("demo_count", "demo_note")},
                   there={PATH: old, "include/linux/mm.h": header}, release="5.10")
    [cell] = [cell for cell in found.behaviour if cell.function == "demo_go"]
    assert (cell.after.splits, cell.after.on_failure) == ("no", "cannot-fail")


@pytest.mark.parametrize(("level", "message", "topic"), [
    ("error", "'demo_go' is not declared: it does not compile.", "What cannot be built"),
    ("warning", "'demo_go' is not declared: it does not compile.", "What cannot be built"),
    ("warning", "Nothing uses the static 'demo_go': the compiler warns that it is not used.",
     "What is built with a warning"),
])
def test_how_sure_a_finding_is_does_not_build_the_file(level: str, message: str, topic: str) -> None:
    """What stops the build stands with what stops the build, also where the patch was not placed exactly."""
    found = (sample.finding(level=level, message=message, category="build-break"),)
    told = _failures(SimpleNamespace(arches=("x86",)), found)  # type: ignore[arg-type]  # all that it asks
    assert [entry.topic for entry in told] == [topic]


@pytest.mark.parametrize("arch", ["x86", "powerpc"])
def test_a_function_that_can_fail_is_not_said_to_return_no_error(arch: str) -> None:
    """What is changed a second time has nothing left to split: of errors for a wrong argument, which the definition
    returns all the same, it is not said that there are none."""
    path = f"arch/{arch}/kernel/demo.c"
    code = HEAD + ("int demo_open(struct demo *demo)\n{\n	int ret = set_memory_ro(demo->addr, 1);\n\n"
                   "	if (ret)\n		return ret;\n	return set_memory_rw(demo->addr, 1);\n}\n")
    found = review({path: HEAD + TAIL}, {path: code + TAIL}, arches=(arch,))
    assert "set_memory_rw() never has to split" in sayings(found)
    assert "it can fail for a wrong argument alone" in sayings(found)
    assert "it cannot fail" not in sayings(found)
    [record] = [cell for cell in json.loads(render_json(found))["behaviour"] if "set_memory_rw" in cell["call"]]
    assert record["after"]["does"].endswith(", can fail for a wrong argument alone")
    assert record["after"]["may_fail"] is False


INNER = """static int demo_map(unsigned long addr, int nr)
{
CALL	return demo_note(addr);
}

int demo_open(unsigned long addr, int nr)
{
	return demo_map(addr, nr);
}
"""


def test_a_call_that_goes_is_shown_where_it_went() -> None:
    """The caller still calls its helper: what is gone is the helper's own call."""
    old, new = (HEAD + INNER.replace("CALL", call) for call in ("	set_memory_x(addr, nr);\n", ""))
    found = changed(old, new)
    shown = {one.text for entry in found.level_set for one in entry.because if "no longer calls" in one.text}
    assert shown
    assert all(text.startswith("demo_map() no longer calls set_memory_x(") for text in shown), shown
    lines = {one.line for entry in found.level_set for one in entry.because if "no longer calls" in one.text}
    assert lines == {1 + new[:new.index("static int demo_map")].count("\n")}

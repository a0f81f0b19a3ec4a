"""Whether a call can fail depends on what has happened to the same range before."""

from __future__ import annotations

import pytest
from rule_example import TreeExample, findings_in_trees

from reviewbot.cfacts import function_view
from reviewbot.checks.history import history
from reviewbot.checks.rule import Rule
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Finding

KNOWLEDGE = load_knowledge(())
RULE = next(rule for rule in KNOWLEDGE.rules if rule.id == "ignored-result")
CONFIG = {"x86": "\tselect ARCH_HAS_SET_MEMORY\n\tselect ARCH_HAS_SET_DIRECT_MAP\n\tselect ARCH_HAS_MEM_ENCRYPT\n"}


def findings(code: str, *, kconfig: str = "", rule: Rule = RULE, arch: str = "x86") -> tuple[Finding, ...]:
    before = {"Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
              "mm/demo.c": "int demo;\n", "mm/Makefile": "obj-y += demo.o\n",
              f"arch/{arch}/Kconfig": f"config {arch.upper()}\n\tdef_bool y\n{CONFIG['x86']}{kconfig}"}
    example = TreeExample(arches=(arch,), marks={}, moments=(before, {**before, "mm/demo.c": code}))
    return tuple(findings_in_trees(example, rule, KNOWLEDGE))


def levels(code: str, callee: str) -> list[str]:
    """Return the levels of what is said about the calls of one function, in order."""
    return [finding.level for finding in findings(code) if finding.symbol == callee]


TOGGLE = """\
static void demo_protect({head}bool protect)
{{
	unsigned long start = demo.start, pages = demo.pages;

	if (protect)
		set_memory_np({memory}, pages);
	else
		set_memory_p({memory}, {size});
}}
"""


@pytest.mark.parametrize(("head", "memory", "size", "level"), [
    ("", "start", "pages", "note"),
    ("", "start", "pages + 1", "error"),
    ("unsigned long from, ", "from", "pages", "error"),
])
def test_one_arm_gives_back_what_the_other_changes(head: str, memory: str, size: str, level: str) -> None:
    """The other arm has changed just this range; what a caller names may be a part of it."""
    code = TOGGLE.format(head=head, memory=memory, size=size)
    assert levels(code, "set_memory_p") == [level]
    assert levels(code, "set_memory_np") == ["error"]


TWICE = """\
int demo(unsigned long addr, int pages)
{{
	int err = set_memory_4k(addr, pages);

	if (err)
		return err;
	{between}
	set_memory_ro({address}, {size});
	return 0;
}}
"""


@pytest.mark.parametrize(("address", "size", "between", "level"), [
    ("addr", "pages", "", "note"),
    ("addr", "pages", "demo_log(addr);", "note"),
    ("addr", "pages + 1", "", "error"),
    ("addr + PAGE_SIZE", "pages", "", "error"),
    ("addr", "pages", "demo.addr = addr + PAGE_SIZE;", "note"),
    ("addr", "pages", "addr += PAGE_SIZE;", "error"),
    ("addr", "pages", "pages = demo_more();", "error"),
    ("addr", "pages", "free_pages(addr, 2);", "error"),
])
def test_a_second_change_of_the_same_range(address: str, size: str, between: str, level: str) -> None:
    """Nothing is left to split when a call on just this range has succeeded; with another range all is open."""
    code = TWICE.format(address=address, size=size, between=between)
    assert levels(code, "set_memory_ro") == [level]


@pytest.mark.parametrize(("test", "level"), [
    ("if (err)\n\t\treturn err;", "note"),
    ("if (err < 0)\n\t\tgoto out;", "note"),
    ("BUG_ON(err);", "note"),
    ("if (!err)\n\t\tdemo_log(addr);", "error"),
    ("if (demo_on)\n\t\treturn err;", "note"),     # it can only fail where the first one has failed
])
def test_how_the_first_call_is_tested(test: str, level: str) -> None:
    """Every way to stop on a failure counts; where nobody stops the second call fails only with the first."""
    code = ("int demo(unsigned long addr, int pages)\n{\n\tint err = set_memory_ro(addr, pages);\n\n"
            f"\t{test}\n\tset_memory_x(addr, pages);\nout:\n\treturn err;\n}}\n")
    assert levels(code, "set_memory_x") == [level]


UNDO = """\
int demo(struct demo *demo)
{{
	int i, j, err;

	for (i = 0; i < demo->nr; i++) {{
		err = set_memory_ro(demo->part[i], demo->size);
		if (err)
			goto undo;
	}}
	return 0;
undo:
	{loop}
	return err;
}}
"""


@pytest.mark.parametrize(("loop", "level"), [
    ("while (i--)\n\t\tset_memory_rw(demo->part[i], demo->size);", "note"),
    ("while (--i >= 0)\n\t\tset_memory_rw(demo->part[i], demo->size);", "note"),
    ("for (i--; i >= 0; i--)\n\t\tset_memory_rw(demo->part[i], demo->size);", "note"),
    ("for (; i > 0; i--)\n\t\tset_memory_rw(demo->part[i - 1], demo->size);", "note"),
    ("for (j = 0; j < i; j++)\n\t\tset_memory_rw(demo->part[j], demo->size);", "note"),
    ("while (i) {\n\t\ti -= 1;\n\t\tset_memory_rw(demo->part[i], demo->size);\n\t}", "note"),
    ("for (; i >= 0; i--)\n\t\tset_memory_rw(demo->part[i], demo->size);", "question"),     # the one that failed, too
    ("for (j = 0; j < demo->nr; j++)\n\t\tset_memory_rw(demo->part[j], demo->size);", "question"),
    ("for (j = 0; j <= i; j++)\n\t\tset_memory_rw(demo->part[j], demo->size);", "question"),
    ("while (i--)\n\t\tset_memory_rw(demo->part[i], 2 * demo->size);", "question"),
    ("while (i--)\n\t\tset_memory_rw(demo->other[i], demo->size);", "question"),
    ("set_memory_rw(demo->part[0], i * demo->size);", "question"),
])
def test_an_undo_loop(loop: str, level: str) -> None:
    """A loop that gives back just the pieces that were changed needs no memory; one that takes in more may."""
    assert levels(UNDO.format(loop=loop), "set_memory_rw") == [level]


PAIR = """\
int demo_hide(struct demo *demo)
{{
	return {change};
}}

void demo_show(struct demo *demo)
{{
	{back};
}}
"""


@pytest.mark.parametrize(("change", "back", "level"), [
    ("set_direct_map_invalid_noflush(demo->page)", "set_direct_map_default_noflush(demo->page)", "note"),
    ("set_memory_ro(demo->text, 1)", "set_memory_rw(demo->text, 1)", "note"),
    ("set_memory_ro(demo->text, DEMO_PAGES)", "set_memory_rw(demo->text, DEMO_PAGES)", "note"),
    ("set_memory_ro(demo->text, demo->pages)", "set_memory_rw(demo->text, demo->pages)", "error"),
    ("set_memory_ro(demo->text, 4)", "set_memory_rw(demo->text, 1)", "error"),
    ("set_memory_rw(demo->text, 1)", "set_memory_ro(demo->text, 1)", "error"),
    ("set_memory_np(demo->text, 512)", "set_direct_map_default_noflush(demo->page)", "error"),
    ("set_direct_map_valid_noflush(demo->page, 1, false)", "set_direct_map_valid_noflush(demo->page, 1, true)", "note"),
    ("set_memory_decrypted(demo->text, 1)", "set_memory_encrypted(demo->text, 1)", "error"),      # a host may refuse
    ("set_pages_array_uc(demo->part, demo->nr)", "set_pages_array_wb(demo->part, demo->nr)", "note"),
    ("set_pages_array_wc(demo->part, demo->nr)", "set_pages_wb(demo->page, 1)", "note"),
    ("set_pages_uc(demo->page, demo->nr)", "set_pages_array_wb(demo->part, 1)", "error"),
    ("set_pages_array_wc(demo->part, demo->nr)", "set_pages_wb(demo->page, demo->nr)", "note"),
])
def test_the_way_back_of_a_single_page(change: str, back: str, level: str) -> None:
    """What another function of the file has split off alone can be given back without memory; so can an array."""
    assert levels(PAIR.format(change=change, back=back), back.partition("(")[0]) == [level]


COUNTED = """\
int demo(struct demo *demo)
{{
	int i, done = 0, err;

	for (i = 0; i < demo->nr; i++) {{
		{early}
		err = set_memory_ro(demo->part[i], 1);
		if (err)
			goto undo;
		{late}
	}}
	return 0;
undo:
	for (i = 0; i < done; i++)
		set_memory_rw(demo->part[i], 1);
	return err;
}}
"""


def test_a_number_of_what_was_done() -> None:
    """A loop up to a number that only a success has raised gives back what was changed; one raised before does not."""
    assert levels(COUNTED.format(early="", late="done++;"), "set_memory_rw") == ["note"]
    assert levels(COUNTED.format(early="done++;", late=""), "set_memory_rw") == ["question"]


def test_the_undo_of_a_range_that_failed_in_part() -> None:
    """What a failed call has left changed ends anywhere, so giving all of it back may have to split."""
    for test in ("if (err)\n\t\tset_memory_rw(addr, pages);",
                 "if (!err)\n\t\terr = set_memory_x(addr, pages);\n\tif (err)\n\t\tset_memory_rw(addr, pages);"):
        code = ("int demo(unsigned long addr, int pages)\n{\n\tint err = set_memory_ro(addr, pages);\n\n"
                f"\t{test}\n\treturn err;\n}}\n")
        assert levels(code, "set_memory_rw") != ["note"]


def test_memory_that_is_mapped_in_pages() -> None:
    """The execute bit of vmalloc() memory changes single pages; the write bit also changes the linear map."""
    code = ("int demo(void)\n{{\n\tvoid *text = {call};\n\n\tif (!text)\n\t\treturn -ENOMEM;\n"
            "\t{change}((unsigned long)text, 4);\n\treturn 0;\n}}\n")
    for call, change, level in (("vmalloc(4 * PAGE_SIZE)", "set_memory_x", "note"),
                                ("vmalloc_huge(4 * PAGE_SIZE, GFP_KERNEL)", "set_memory_x", "error"),
                                ("vmalloc(4 * PAGE_SIZE)", "set_memory_ro", "error"),
                                ("(void *)__get_free_pages(GFP_KERNEL, 2)", "set_memory_x", "error")):
        assert levels(code.format(call=call, change=change), change) == [level], call


def test_the_way_back_of_memory_that_is_mapped_in_pages() -> None:
    """The direct map of memory in single pages is changed page by page: what restores it has nothing to split."""
    code = ("int demo(struct page **pages)\n{{\n\tvoid *text = {call};\n\n\tif (!text)\n\t\treturn -ENOMEM;\n"
            "\t{change}((unsigned long)text, 4);\n\treturn 0;\n}}\n")
    for call, change, level in (("vmalloc(4 * PAGE_SIZE)", "set_memory_rw", "note"),
                                ("vmalloc(4 * PAGE_SIZE)", "set_memory_wb", "note"),
                                ("vmalloc_huge(4 * PAGE_SIZE, GFP_KERNEL)", "set_memory_rw", "error"),
                                ("vmap(pages, 4, 0, PAGE_KERNEL)", "set_memory_rw", "error"),
                                ("(void *)__get_free_pages(GFP_KERNEL, 2)", "set_memory_rw", "error")):
        assert levels(code.format(call=call, change=change), change) == [level], (call, change)


@pytest.mark.parametrize(("between", "free", "change", "level"), [
    ("", "module_memfree(text);", "set_memory_nx", "note"),
    ("", "module_memfree(text);", "set_memory_rw", "note"),
    ("", "module_memfree(text);", "set_memory_ro", "error"),
    ("demo_log(text);", "bpf_jit_free_exec(text);", "set_memory_nx", "note"),
    ("", "vfree(text);", "set_memory_nx", "error"),
    ("", "module_memfree(other);", "set_memory_nx", "error"),
    ("text = other;", "module_memfree(text);", "set_memory_nx", "error"),
    ("if (other)\n\t\treturn;", "module_memfree(text);", "set_memory_nx", "error"),
])
def test_memory_that_is_taken_back(between: str, free: str, change: str, level: str) -> None:
    """What is handed on every path to a function that takes back single pages alone, is mapped in single pages."""
    code = (f"static void demo_free(void *text, void *other, int pages)\n{{\n\t{change}((unsigned long)text, pages);\n"
            f"\t{between}\n\t{free}\n}}\n\nvoid demo(void *text)\n{{\n\tdemo_free(text, demo_other, 4);\n}}\n")
    assert levels(code, change) == [level]


def test_memory_that_a_structure_begins() -> None:
    """A structure that always lies in memory of single pages tells how it is mapped; others do not."""
    code = "void demo(struct {} *it)\n{{\n\t{}((unsigned long)it, it->pages);\n}}\n"
    for kind, change, level in (("bpf_prog", "set_memory_x", "note"), ("bpf_prog", "set_memory_rw", "note"),
                                ("bpf_prog", "set_memory_ro", "error"), ("bpf_prog_aux", "set_memory_x", "error")):
        assert levels(code.format(kind, change), change) == [level], (kind, change)


@pytest.mark.parametrize(("before", "address", "level"), [
    ("", "text", "note"),
    ("", "text + used", "note"),
    ("", "used + text", "note"),
    ("", "PAGE_ALIGN((unsigned long)text + used)", "note"),
    ("", "((unsigned long)text + used) & PAGE_MASK", "note"),
    ("unsigned long addr = (unsigned long)text;\n\n\taddr += used;", "addr", "note"),
    ("unsigned long addr = ALIGN((unsigned long)text + used, PAGE_SIZE);", "addr + 2 * PAGE_SIZE", "note"),
    ("struct demo *copy = demo_copy;\n\n\tcopy->text = text;", "copy->text + copy->used", "note"),
    ("", "used - (unsigned long)text", "error"),
    ("", "other + used", "error"),
    ("", "demo_find(text) + used", "error"),
    ("unsigned long addr = (unsigned long)text;\n\n\tif (used)\n\t\taddr = other;", "addr + used", "error"),
])
def test_an_offset_into_memory(before: str, address: str, level: str) -> None:
    """Memory is what it is at any offset: past additions, roundings, casts and copies it comes from the same call."""
    code = ("int demo(unsigned long used, unsigned long other)\n{\n\tvoid *text = vmalloc(16 * PAGE_SIZE);\n\n"
            f"\tif (!text)\n\t\treturn -ENOMEM;\n\t{before}\n"
            f"\tset_memory_x((unsigned long){'' if address.isidentifier() else '('}{address}"
            f"{'' if address.isidentifier() else ')'}, 4);\n\treturn 0;\n}}\n")
    assert levels(code, "set_memory_x") == [level]


@pytest.mark.parametrize(("test", "pages", "empty"), [
    ("", "it->size >> PAGE_SHIFT", True),
    ("if (demo_strict)", "it->size >> PAGE_SHIFT", True),
    ("BUG_ON((unsigned long)it->base & ~PAGE_MASK);", "it->size >> PAGE_SHIFT", True),
    ("if (it->size > 8)\n\t\treturn;", "it->size >> PAGE_SHIFT", True),
    ("if (it->base)", "it->size >> PAGE_SHIFT", False),
    ("if (it->base != NULL && demo_strict)", "it->size >> PAGE_SHIFT", False),
    ("if (it->size == 0 || demo_lazy)\n\t\treturn;", "it->size >> PAGE_SHIFT", False),
    ("if (!it->base)\n\t\treturn;", "it->size >> PAGE_SHIFT", False),
    ("if (it->size > 8)", "it->size >> PAGE_SHIFT", False),
    ("", "1", False),
])
def test_memory_that_a_structure_describes_and_that_may_be_none(test: str, pages: str, empty: bool) -> None:
    """Where an architecture looks the address up before it tests the number of pages, it fails for an empty range."""
    code = ("static void demo(const struct module_memory *it)\n{\n"
            f"\t{test}\n\tset_memory_x((unsigned long)it->base, {pages});\n}}\n"
            "void demo_all(struct demo *demo)\n{\n\tdemo(&demo->it);\n}\n")
    for arch, said in (("x86", "cannot fail here: the memory of a struct module_memory"), ("arm64", (
            "can only fail here where its range is empty: there the address is looked up before the number of pages is "
            "tested.") if empty else "cannot fail here: the memory of a struct module_memory")):
        told = [(one.level, one.message) for one in findings(code, arch=arch) if "'demo' drops" in one.message]
        assert [level for level, _ in told] == ["note"]
        assert said in told[0][1]


def test_a_part_of_the_memory_that_a_structure_describes() -> None:
    """What lies behind the start of a module's memory is mapped as its start is."""
    code = ("static void demo(const struct {} *it)\n{{\n"
            "\tset_memory_nx((unsigned long)it->base + it->text_size, it->size >> PAGE_SHIFT);\n}}\n"
            "void demo_all(struct demo *demo)\n{{\n\tdemo(&demo->it);\n}}\n")
    for kind, level in (("module_memory", "note"), ("demo_memory", "error")):
        assert levels(code.format(kind), "set_memory_nx") == [level], kind


def test_memory_that_a_static_pointer_keeps() -> None:
    """What is taken out of a pointer is of the kind of all that the file stores in it."""
    code = ("static struct demo *demo_kept{init};\n\nvoid demo_swap(void)\n{{\n\tstruct demo *next, *prev;\n\n"
            "\tnext = {call};\n\tprev = rcu_dereference_protected(demo_kept, 1);\n"
            "\trcu_assign_pointer(demo_kept, next);\n\tif (prev)\n\t\tset_memory_x((unsigned long)prev, 4);\n}}\n")
    other = "\nvoid demo_take(struct demo *given)\n{\n\tdemo_kept = given;\n}\n"
    for call, more, level in (("vmalloc(4 * PAGE_SIZE)", "", "note"), ("vmalloc_huge(4, GFP_KERNEL)", "", "error"),
                              ("vmalloc(4 * PAGE_SIZE)", other, "error")):
        assert levels(code.format(call=call, init="") + more, "set_memory_x") == [level], (call, more)


def test_the_memory_of_a_vmalloc_area() -> None:
    """The address that a struct vm_struct holds is mapped in pages, unless vmalloc may have huge ones there."""
    code = ("void demo(struct {} *area)\n{{\n\tunsigned long addr = (unsigned long)area->addr;\n\n"
            "\tset_memory_x(addr, area->nr_pages);\n}}\n")
    huge = "\tselect HAVE_ARCH_HUGE_VMALLOC\n\nconfig HAVE_ARCH_HUGE_VMALLOC\n\tbool\n"
    for kind, kconfig, level in (("vm_struct", "", "note"), ("vm_struct", huge, "error"), ("demo_area", "", "error")):
        assert [one.level for one in findings(code.format(kind), kconfig=kconfig)] == [level]


@pytest.mark.parametrize(("comment", "level"), [
    ("/* cannot fail: the leaf was split above */", "question"),
    ("/*\n\t * Never fails, as the range was\n\t * mapped in pages at boot.\n\t */", "question"),
    ("// can't really fail", "question"),
    ("/* protect the table */", "error"),
    ("/* what if it fails? */", "error"),
])
def test_a_comment_that_says_why(comment: str, level: str) -> None:
    """A comment beside the call that says that it cannot fail is quoted, and an error becomes a question."""
    found = findings(f"void demo(unsigned long addr)\n{{\n\t{comment}\n\tset_memory_ro(addr, 4);\n}}\n")
    assert [finding.level for finding in found] == [level]
    assert any("comment beside" in note for note in found[0].notes) is (level == "question")


def test_the_note_gives_the_reason() -> None:
    """The quiet note says why the call cannot fail and shows the call that makes it so."""
    found = next(one for one in findings(TWICE.format(address="addr", size="pages", between=""))
                 if one.symbol == "set_memory_ro")
    assert found.message == ("'demo' drops the result of 'set_memory_ro'. It cannot fail here: set_memory_4k() has "
                             "succeeded on the same range before, so nothing is left to split.")
    assert any("set_memory_4k" in step.text and step.line == 3 for step in found.evidence)


def test_the_note_tells_which_mapping_is_meant() -> None:
    """The reason speaks of the direct map only where the call changes it as well."""
    for change, reason in (("set_memory_nx", "the call changes only that mapping"),
                           ("set_memory_rw", "only single pages of the direct map lack what it restores")):
        code = f"void demo(void *text)\n{{\n\t{change}((unsigned long)text, 1);\n\tmodule_memfree(text);\n}}\n"
        assert [reason in one.message for one in findings(code) if one.symbol == change] == [True]


def test_the_history_of_a_call_is_told_with_its_kind() -> None:
    """An earlier success is `again`, one that nobody asked about `tied`, and a conditional one is nothing."""
    for test, kinds in (("if (err)\n\t\treturn;", ["again"]), ("", ["tied"])):
        flow = function_view("demo.c", ("void demo(unsigned long addr)\n{\n\tint err = set_memory_ro(addr, 1);\n\n"
                                        f"\t{test}\n\tset_memory_x(addr, 1);\n}}\n").encode(), name="demo")
        assert flow is not None
        site, = flow.calls("set_memory_x")
        assert [one.kind for one in history(flow, site, KNOWLEDGE.family, None)] == kinds
    flow = function_view("demo.c", b"void demo(unsigned long addr, bool on)\n{\n\tif (on && set_memory_ro(addr, 1))\n"
                                   b"\t\treturn;\n\tset_memory_x(addr, 1);\n}\n", name="demo")
    assert flow is not None
    site, = flow.calls("set_memory_x")
    assert history(flow, site, KNOWLEDGE.family, None) == ()


THROUGH = """\
static void demo_each(struct {kind} *where, int (*work)(unsigned long start, int pages))
{{
	work((unsigned long)where->base, where->size >> PAGE_SHIFT);
}}

void demo_enable(struct {kind} *where)
{{
	demo_each(where, {work});
	demo_use(where);
}}
"""


@pytest.mark.parametrize(("kind", "work", "why"), [
    ("module_memory", "set_memory_x", "the memory of a struct module_memory is mapped in single pages"),
    ("module_memory", "set_memory_ro", "failed on x86: the error is dropped"),  # the direct map may have to be split
    ("demo_memory", "set_memory_x", "failed on x86: the error is dropped"),
])
def test_a_call_through_a_parameter_is_that_of_what_is_given(kind: str, work: str, why: str) -> None:
    """Whether a function that a helper calls through its parameter can fail is asked of the function, not of the name
    of the parameter."""
    rule = next(rule for rule in KNOWLEDGE.rules if rule.id == "error-lost-in-void")
    [found] = findings(THROUGH.format(kind=kind, work=work), rule=rule)
    assert why in found.message
    assert "returns no error" not in found.message


HANDED = """\
{static}void demo_allow(void *ptr, u32 size)
{{
	set_memory_x((unsigned long)ptr, size);
}}

void *demo_first(u32 size)
{{
	void *ptr = module_alloc(size);

	if (ptr)
		demo_allow(ptr, size);
	return ptr;
}}

void demo_second(struct demo *d, u32 size)
{{
	{second}
	if (d->ptr)
		demo_allow(d->ptr, size);
}}
"""


@pytest.mark.parametrize(("static", "second", "level"), [
    ("static ", "d->ptr = module_alloc(size);", "note"),
    ("static ", "d->ptr = demo_get(size);", "error"),
    ("", "d->ptr = module_alloc(size);", "error"),
])
def test_memory_that_all_callers_hand_to_a_static_function(static: str, second: str, level: str) -> None:
    """It is mapped in pages where each of them has it from an allocator that maps it so, and nobody else can call."""
    assert [finding.level for finding in findings(HANDED.format(static=static, second=second), arch="arm64")
            if finding.function == "demo_allow"] == [level]

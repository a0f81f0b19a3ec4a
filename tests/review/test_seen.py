"""What changes, what is proved to stay, and what was not seen: three answers about each call of a changed function."""

from __future__ import annotations

import difflib
import re

import pytest

from reviewbot.arch import parse_version
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.review import Review, review_series
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

PATH = "arch/x86/kernel/demo.c"
HEAD = "#include <linux/set_memory.h>\n\n"
PLAIN = HEAD + """int demo_open(struct demo *demo, unsigned long addr)
{
	int ret;

	ret = set_memory_decrypted(addr, 1);
	if (ret)
		return ret;
	demo->open = true;
	return 0;
}
"""
TAIL = "\nint demo_last(void)\n{\n\treturn 0;\n}\n"


def review(before: dict[str, str], after: dict[str, str], *, text: str = "A change.",
           arches: tuple[str, ...] = ("x86",), release: str = "6.12", there: dict[str, str] | None = None) -> Review:
    """Return the review of the one patch between the two, on the tree before it or on the one that is `there`."""
    diffs = []
    for path in sorted({*before, *after}):
        old, new = before.get(path, "").splitlines(True), after.get(path, "").splitlines(True)
        if old != new:
            diffs.append(f"diff --git a/{path} b/{path}\n" + "".join(difflib.unified_diff(
                old, new, f"a/{path}" if path in before else "/dev/null", f"b/{path}")))
    mail = ("From: Demo Author <demo@kernel.example>\nSubject: [PATCH] x86: demo\n"
            "Date: Tue, 4 Mar 2025 10:00:00 +0000\nMessage-ID: <seen@kernel.example>\n\n"
            f"{text}\n\n---\n{''.join(diffs)}-- \n2.39\n").encode()
    [series] = find_series(read_source(mail, name="seen")).series
    major, minor = release.split(".")
    files = {path: text.encode() for path, text in (there or before).items()}
    tree = MemoryTree({"Makefile": f"VERSION = {major}\nPATCHLEVEL = {minor}\n".encode(), **files})
    return review_series(series, apply_series(series, tree), load_knowledge(()), version=parse_version(release),
                         arches=arches)


def changed(old: str, new: str, **more: str) -> Review:
    return review({PATH: old + TAIL}, {PATH: new + TAIL}, **more)


def seen(found: Review) -> set[str]:
    return {cell.seen for cell in found.behaviour}


def sayings(found: Review) -> str:
    return " ".join(entry.statement for entry in found.level_set)


def test_a_message_beside_the_call_leaves_it_as_it_is() -> None:
    """A line that neither the call nor its tests depend on changes nothing, and that is said."""
    found = changed(PLAIN, PLAIN.replace("	demo->open = true;\n", "	demo->open = true;\n	demo_count(1);\n"),
                    text="No functional change intended.")
    assert seen(found) == {"same"}
    assert "The family's calls in demo_open() do what they did" in sayings(found)
    assert [claim.verdict for claim in found.claims] == ["holds"]


def test_a_new_local_condition_is_a_change() -> None:
    """A call that now runs only under a test of its object is another call, and the test is named."""
    found = changed(PLAIN, PLAIN.replace("	ret = set_memory_decrypted(addr, 1);\n",
                                         "	if (!demo->shared)\n		return 0;\n\n"
                                         "	ret = set_memory_decrypted(addr, 1);\n"),
                    text="No functional change intended.")
    assert seen(found) == {"changes"}
    assert "is called only when demo->shared" in sayings(found)
    assert [claim.verdict for claim in found.claims] == ["contradicted"]


def test_another_number_of_pages_is_a_change() -> None:
    """Two constants that differ are two ranges."""
    found = changed(PLAIN, PLAIN.replace("(addr, 1)", "(addr, 2)"))
    assert seen(found) == {"changes"}
    assert "is called with (addr, 2) (before: is called with (addr, 1))" in sayings(found)


@pytest.mark.parametrize(("old", "new"), [
    ("(addr, 1)", "(demo_address(demo), 1)"),
    ("	int ret;\n\n", "	int ret;\n\n	addr = demo_round(addr);\n"),
])
def test_what_is_written_otherwise_was_not_seen(old: str, new: str) -> None:
    """Another expression for the range may be the same range: neither is said."""
    found = changed(PLAIN, PLAIN.replace(old, new), text="No functional change intended.")
    assert seen(found) == {"not-seen"}
    assert "do what they did" not in sayings(found)
    assert [claim.verdict for claim in found.claims] == ["cannot-tell"]


GIVEN = HEAD + """int demo_open(struct demo *demo, unsigned long size)
{
	unsigned long pages;

	pages = size >> PAGE_SHIFT;
	demo->open = true;
	if (demo->type && demo->pages)
		return set_memory_decrypted(demo->addr, pages);
	demo->last = size;
	return 0;
}
"""


@pytest.mark.parametrize(("old", "new"), [
    ("	demo->open = true;\n", "	demo->open = true;\n	demo->areas = demo_areas();\n"),
    ("	demo->open = true;\n", "	if (demo->kind == DEMO_KIND && demo->type)\n		demo_count(1);\n"),
    ("	demo->last = size;\n", "	demo->addr = 0;\n"),
    ("	demo->open = true;\n	if", "	if (!demo->open)\n		demo->open = true;\n	if"),
])
def test_what_the_call_does_not_use_raises_no_doubt(old: str, new: str) -> None:
    """Another member of the object, a comparison, and what comes after the call leave it as it was."""
    assert seen(changed(GIVEN, GIVEN.replace(old, new))) == {"same"}


def test_a_renamed_parameter_raises_no_doubt() -> None:
    """What is computed from it is computed from the same."""
    new = re.sub(r"\bsize\b", "bytes", GIVEN).replace("	demo->open = true;\n", "	demo->areas = 1;\n")
    assert seen(changed(GIVEN, new)) == {"same"}


@pytest.mark.parametrize(("ahead", "place"), [
    ("demo = demo_parent(demo)", "demo"), ("demo->addr = demo_address(1)", "demo->addr"), ("size++", "size"),
    ("demo_find(&size)", "size"), ("size &= DEMO_MASK", "size"),
])
def test_a_write_of_what_the_call_uses_is_a_doubt(ahead: str, place: str) -> None:
    """The doubt names the very place that is written."""
    found = changed(GIVEN, GIVEN.replace("	pages = size", f"	{ahead};\n	pages = size"))
    assert {cell.doubt for cell in found.behaviour} == {f"'{place}' is assigned otherwise in demo_open()"}


def test_a_stub_has_no_doubt() -> None:
    """Of a call that does nothing before and after nothing is open, whatever it is given."""
    path = "kernel/demo.c"
    found = review({path: GIVEN}, {path: GIVEN.replace("size >> PAGE_SHIFT", "size >> DEMO_SHIFT")},
                   arches=("riscv",))
    assert seen(found) <= {"same"}


@pytest.mark.parametrize("new", [
    re.sub(r"\bret\b", "err", PLAIN),
    PLAIN.replace("demo_open", "demo_begin"),
    PLAIN.replace("(addr, 1)", "((unsigned long)addr, 1)"),
    HEAD + "static int demo_share(unsigned long where)\n{\n	return set_memory_decrypted(where, 1);\n}\n"
    + PLAIN.removeprefix(HEAD).replace("set_memory_decrypted(addr, 1)", "demo_share(addr)"),
])
def test_other_names_are_no_change(new: str) -> None:
    """A renamed variable or function, a cast, and a helper around the call change nothing."""
    assert not any(cell.changed for cell in changed(PLAIN, new).behaviour)


def test_a_function_that_moves_to_another_file_is_the_same() -> None:
    """Its calls are neither gone nor new."""
    other = "arch/x86/kernel/other.c"
    found = review({PATH: PLAIN + TAIL, other: HEAD + TAIL.replace("last", "none")},
                   {PATH: HEAD + TAIL, other: HEAD + TAIL.replace("last", "none") + PLAIN.removeprefix(HEAD)})
    assert seen(found) == {"same"}


def test_a_helper_with_two_calls_is_two_calls() -> None:
    """Calls that went into one helper are found there, each."""
    new = (HEAD + "static void demo_share(unsigned long addr)\n{\n	set_memory_rw(addr, 1);\n"
           "	set_memory_x(addr, 1);\n}\n\nint demo_go(unsigned long addr)\n{\n	demo_share(addr);\n	return 0;\n}\n")
    both = "	set_memory_rw(addr, 1);\n	set_memory_x(addr, 1);\n"
    old = new.replace("	demo_share(addr);\n", both).replace(
        f"static void demo_share(unsigned long addr)\n{{\n{both}}}\n\n", "")
    found = changed(old, new)
    assert {cell.before.symbol for cell in found.behaviour} == {"set_memory_rw", "set_memory_x"}
    assert not any(cell.changed for cell in found.behaviour)


def test_a_changed_helper_shows_in_its_own_row() -> None:
    """The callers need not change for a helper's effect to do so."""
    helper = HEAD + "int demo_share(unsigned long addr)\n{\n	return set_memory_decrypted(addr, 1);\n}\n"
    found = changed(helper, helper.replace("	return set_memory_decrypted(addr, 1);\n", "	return 0;\n"))
    assert [cell.after.resolves_to for cell in found.behaviour] == ["absent"]
    assert "set_memory_decrypted() is no longer called" in sayings(found)


def test_a_macro_that_calls_the_family_was_not_seen() -> None:
    """What a macro becomes is not followed, so nothing is said to stay as it is."""
    macro = HEAD + "#define demo_share(addr) set_memory_decrypted(addr, 1)\n"
    found = changed(macro, macro.replace("set_memory_decrypted(addr, 1)", "0"))
    assert "changes no call" not in sayings(found)
    assert "set_memory_decrypted()" in sayings(found)


COUNTED = PLAIN.replace("	return 0;", "	demo_count(1);\n	return 0;") + TAIL


def test_a_kconfig_line_leaves_the_proof_open() -> None:
    """What decides about configurations may decide about a call; it is named where something shows that it does."""
    old = {PATH: PLAIN + TAIL, "arch/x86/Kconfig": "config DEMO\n	bool\n	select DEMO_BASE\n"}
    new = {PATH: COUNTED, "arch/x86/Kconfig": "config DEMO\n	bool\n	select DEMO_OTHER\n"}
    found = review(old, new, text="No functional change intended.")
    assert "do what they did" not in sayings(found)
    assert "Kconfig" not in sayings(found)
    assert [claim.verdict for claim in found.claims] == ["cannot-tell"]


def test_the_option_on_which_the_call_depends_is_named() -> None:
    """Directly, or through what that depends on."""
    guarded = "#ifdef CONFIG_DEMO_SHARE\n{}#endif\n"
    options = ("config DEMO_OLD\n	def_bool y\n\nconfig DEMO_NEW\n	def_bool y\n\nconfig DEMO_SHARE\n	def_bool y\n"
               "	depends on DEMO\n\nconfig DEMO\n	def_bool y\n	depends on DEMO_OLD\n")
    root = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n'}
    new = options.replace("on DEMO_OLD", "on DEMO_NEW")
    found = review({PATH: guarded.replace("{}", PLAIN + TAIL), "arch/x86/Kconfig": options, **root},
                   {PATH: guarded.replace("{}", COUNTED), "arch/x86/Kconfig": new, **root})
    assert "changes what arch/x86/Kconfig says of DEMO;" in sayings(found)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("", "config DEMO\n	def_bool y\n\n", "adds DEMO in arch/x86/Kconfig;"),
    ("config DEMO\n	def_bool y\n\n", "", "removes DEMO in arch/x86/Kconfig;"),
])
def test_an_option_that_comes_or_goes_is_not_changed(old: str, new: str, said: str) -> None:
    """The sentence says whether the file had the option before, and has it after the patch."""
    guarded = "#ifdef CONFIG_DEMO\n{}#endif\n"
    rest = "config DEMO_LAST\n	def_bool y\n"
    root = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n'}
    found = review({PATH: guarded.replace("{}", PLAIN + TAIL), "arch/x86/Kconfig": old + rest, **root},
                   {PATH: guarded.replace("{}", COUNTED), "arch/x86/Kconfig": new + rest, **root})
    assert said in sayings(found)


def test_the_line_that_builds_the_file_is_named() -> None:
    """A Makefile's other objects are no concern of the call."""
    folder = {"arch/x86/kernel/Makefile": "obj-$(CONFIG_DEMO) += demo.o\nobj-$(CONFIG_OTHER) += other.o\n"}
    for line, said in (("demo.o", True), ("other.o", False)):
        new = folder["arch/x86/kernel/Makefile"].replace(f") += {line}", f"_MORE) += {line}")
        found = review({PATH: PLAIN + TAIL, **folder}, {PATH: COUNTED, "arch/x86/kernel/Makefile": new})
        assert (f"changes what arch/x86/kernel/Makefile says of {PATH};" in sayings(found)) is said


@pytest.mark.parametrize(("header", "changed_to", "said"), [
    ("#ifndef DEMO_H\n#define DEMO_H\nint demo_first(void);\n#endif\n",
     "#ifndef _DEMO_H\n#define _DEMO_H\nint demo_first(void);\n#endif\n", False),
    ("#define DEMO_TAG 0xff\n", "#define DEMO_TAG 0xfe\n", False),
    ("#define DEMO_PAGES 1\n", "#define DEMO_PAGES 2\n", True),
    ("#define _PAGE_DEMO _PAGE_KERNEL\n#define PAGE_KERNEL_DEMO _PAGE_DEMO\n",
     "#define _PAGE_DEMO (_PAGE_KERNEL | _PAGE_IO)\n#define PAGE_KERNEL_DEMO _PAGE_DEMO\n", True),
])
def test_only_a_macro_that_the_call_uses_is_named(header: str, changed_to: str, *, said: bool) -> None:
    """An include guard and a tag have no way to it."""
    path = "arch/x86/include/asm/demo.h"
    found = review({PATH: PLAIN.replace("(addr, 1)", "(addr, DEMO_PAGES)") + TAIL, path: header},
                   {PATH: COUNTED.replace("(addr, 1)", "(addr, DEMO_PAGES)"), path: changed_to})
    assert ("asm/demo.h" in sayings(found)) is said


def test_a_function_without_a_word_of_the_family_is_still_there() -> None:
    """Where the last call of a function goes, the function is not gone with it."""
    found = changed(PLAIN, PLAIN.replace("set_memory_decrypted(addr, 1)", "demo_share(addr)"))
    assert "set_memory_decrypted() is no longer called" in sayings(found)


def test_a_function_that_is_given_on_is_not_gone() -> None:
    """Where the call goes and another function gets the callee as a parameter it may still be made, there."""
    given = PLAIN.replace("set_memory_decrypted(addr, 1)", "demo_on_each(addr, set_memory_decrypted)")
    for found in (changed(PLAIN, given), changed(given, PLAIN)):
        assert "no longer called" not in sayings(found)
        assert "given on there for others to call" in sayings(found)
    gone = PLAIN.replace("set_memory_decrypted(addr, 1)", "demo_on(addr)")
    assert "no longer called" in sayings(changed(PLAIN, gone))


def test_a_result_that_a_helper_hands_on_is_the_callers() -> None:
    """What becomes of it is decided where the helper is called."""
    helper = HEAD + ("static int demo_share(unsigned long where)\n{\n	demo_count(1);\n"
                     "	return set_memory_decrypted(where, 1);\n}\n\n")
    caller = "void demo_go(struct demo *demo, unsigned long addr)\n{\n	demo_share(addr);\n}\n"
    found = changed(helper + caller, (helper + caller).replace("demo_count(1)", "demo_count(2)").replace(
        "	demo_share(addr);\n", "	demo_count(1);\n	demo_share(addr);\n"))
    assert {cell.after.on_failure for cell in found.behaviour if cell.function == "demo_go"} == {"dropped"}


def test_a_helper_that_the_patch_leaves_alone_is_followed() -> None:
    """A call of it that goes is the last one of the family: it is not said that nothing changes."""
    helper = HEAD + "static int demo_share(unsigned long where)\n{\n	return set_memory_decrypted(where, 1);\n}\n\n"
    caller = "void demo_go(struct demo *demo, unsigned long addr)\n{\n	demo_count(1);\n	demo_share(addr);\n}\n"
    found = changed(helper + caller, helper + caller.replace("	demo_share(addr);\n", ""))
    assert "changes no call" not in sayings(found)
    assert "demo_go(), demo_share(addr): set_memory_decrypted() is no longer called" in sayings(found)


def test_a_question_that_a_stub_answers_elsewhere_stays_a_question() -> None:
    """The stub that the series takes away says nothing of the definition that the tree has for other configurations."""
    header = "arch/x86/include/asm/demo.h"
    stub = ("#ifdef CONFIG_DEMO\nbool demo_shared(void);\n#else\n"
            "static inline bool demo_shared(void) { return false; }\n#endif\n\nint demo_others(void);\n")
    guarded = PLAIN.replace("	ret = set", "	if (!demo_shared())\n		return 0;\n\n	ret = set")
    found = review({PATH: guarded + TAIL, header: stub},
                   {PATH: guarded.replace("!demo_shared()", "!demo_asks(DEMO_SHARED)") + TAIL,
                    header: "int demo_others(void);\n"})
    assert all(cell.before.resolves_to != "absent" for cell in found.behaviour)


ASKS = "	if (demo_ready(1))\n		demo_count(1);\n"


@pytest.mark.parametrize(("ahead", "behind", "said"), [
    (ASKS, "", True), ("	demo_ready(1);\n", "", False), ("", ASKS, False),
    ("	/* Whether demo_ready(1) is no matter here. */\n", "", False),
])
def test_only_what_is_asked_before_the_call_is_named(ahead: str, behind: str, *, said: bool) -> None:
    """A function that is only run before it, that is asked behind it or that a comment names decides nothing."""
    other = "arch/x86/kernel/other.c"
    helper = "int demo_ready(int number)\n{\n	return number;\n}\n"
    caller = PLAIN.replace("	demo->open = true;\n", behind).replace("	ret = set", f"{ahead}	ret = set") + TAIL
    found = review({PATH: caller, other: helper + PLAIN.replace("demo_open", "demo_more")},
                   {PATH: caller.replace("demo_last(void)\n{\n", "demo_last(void)\n{\n	demo_count(2);\n"),
                    other: (helper.replace("return number", "return -number")
                            + PLAIN.replace("demo_open", "demo_more"))})
    assert ("changes demo_ready() in" in sayings(found) and "which demo_open() uses beside" in sayings(found)) is said


@pytest.mark.parametrize("header", ["arch/x86/include/asm/demo.h", "arch/x86/mm/ready.c"])
@pytest.mark.parametrize(("call", "said"), [
    (ASKS, True), (f"#ifndef CONFIG_X86\n{ASKS}#endif\n", False),
])
def test_a_function_of_an_architecture_is_used_where_that_compiles_the_call(call: str, header: str, *, said: bool
                                                                            ) -> None:
    """A call that stands in the `#else` of that architecture gets another definition."""
    inline = "static inline " if header.endswith(".h") else ""
    helper = f"{inline}int demo_ready(int number)\n{{\n	return number;\n}}\n\nint demo_shares(void);\n"
    caller = PLAIN.replace("	ret = set", f"{call}	ret = set") + TAIL
    found = review({PATH: caller, header: helper},
                   {PATH: caller.replace("demo_last(void)\n{\n", "demo_last(void)\n{\n	demo_count(2);\n"),
                    header: helper.replace("return number", "return -number")})
    assert ("changes demo_ready() in" in sayings(found)) is said


def test_an_architecture_without_a_model_is_reviewed_and_named() -> None:
    """A diff below arch/<any name> is reviewed by what holds everywhere; a skip says that there is no model."""
    path = "arch/vax9/kernel/demo.c"
    found = review({path: PLAIN + TAIL}, {path: PLAIN.replace("(addr, 1)", "(addr, 2)") + TAIL}, arches=())
    assert [(skip.where, skip.stage) for skip in found.skips if skip.stage == "model"] == [("arch/vax9", "model")]


def test_each_architecture_has_its_own_body_of_a_helper() -> None:
    """A name that every architecture defines for itself is none of another architecture's body."""
    body = ("#include <linux/set_memory.h>\n\nvoid demo_seal(void)\n{{\n"
            "	set_memory_{}((unsigned long)demo_start, 4);\n"
            "	demo_done();\n}}\n")
    caller = "void demo_ready(void)\n{\n	demo_seal();\n	demo_count();\n}\n"
    before = {"init/demo.c": caller, "arch/x86/mm/demo.c": body.format("nx"), "arch/riscv/mm/demo.c": body.format("ro")}
    after = {path: text.replace("demo_done", "demo_over").replace("demo_count", "demo_check")
             for path, text in before.items()}
    found = review(before, after, arches=("arm64", "riscv", "x86"))
    assert {(cell.arch, cell.after.symbol) for cell in found.behaviour if cell.file == "init/demo.c"} == {
        ("riscv", "set_memory_ro"), ("x86", "set_memory_nx")}


@pytest.mark.parametrize("moved", [True, False])
def test_a_select_that_only_moves_within_its_entry_is_not_asked_about(*, moved: bool) -> None:
    """Of a Kconfig file whose hunk has no place, the hunk itself shows that a line only changes its place."""
    path, line = "arch/riscv/Kconfig", "	select ARCH_HAS_SET_DIRECT_MAP\n"
    tail = "\nconfig MMU\n	bool \"MMU\"\n	default y\n"
    rest = "".join(f"	select DEMO_{number}\n" for number in range(8))
    new = f"config RISCV\n	def_bool y\n	select DEMO_A\n{line}	select DEMO_B\n{rest}{tail}"
    old = new.replace(line, "").replace("	select DEMO_B\n", f"	select DEMO_B\n{line if moved else ''}")
    others = {
        "Kconfig": 'mainmenu "Demo"\nsource "arch/$(SRCARCH)/Kconfig"\nsource "mm/Kconfig"\n',
        "mm/Kconfig": "config ARCH_HAS_SET_DIRECT_MAP\n	bool\n",
        "arch/riscv/mm/Makefile": "obj-$(CONFIG_MMU) += pageattr.o\n",
        "arch/riscv/mm/pageattr.c": HEAD + "int set_direct_map_invalid_noflush(struct page *page)\n{\n"
                                           "	return demo_clear(page);\n}\n",
        "arch/riscv/include/asm/set_memory.h": "int set_direct_map_invalid_noflush(struct page *page);\n"}
    there = {path: f"config RISCV\n	def_bool y\n	select OTHER\n{tail}", **others}
    found = review({path: old, **others}, {path: new, **others}, there=there, arches=("riscv",))
    rules = {finding.rule for finding in found.findings}
    assert ("select-without-dependencies" in rules) is not moved


@pytest.mark.parametrize(("old", "new"), [
    ("	unsigned long at = PFN_ALIGN(&__demo_end);\n", "	unsigned long at = PFN_ALIGN(__demo_end);\n"),
    ("	unsigned long at = (unsigned long) &__demo_end;\n", "	unsigned long at = (unsigned long)__demo_end;\n"),
    ("	unsigned long at = (unsigned long)demo_start(addr);\n", "	unsigned long at = demo_start(addr);\n"),
    ("	char *at = (char *)demo_start(addr);\n", "	char *at = (void *)demo_start(addr);\n"),
])
def test_the_same_value_in_other_words_raises_no_doubt(old: str, new: str) -> None:
    """What the linker names has its address for its value, and a pointer is the same after a cast."""
    given = PLAIN.replace("(addr, 1)", "((unsigned long)at, 1)").replace("	int ret;\n", f"	int ret;\n{old}")
    assert seen(changed(given, given.replace(old, new))) == {"same"}


def test_a_function_that_only_moves_is_not_named() -> None:
    """The same body elsewhere in the file is the same function, and a generic stub is none that has its own."""
    header, own = "include/linux/demo.h", "arch/x86/include/asm/demo.h"
    ready = "static inline int demo_ready(int number)\n{\n	return number;\n}\n"
    last = "static inline int demo_other(void)\n{\n	return 0;\n}\n"
    caller = PLAIN.replace("	ret = set", f"{ASKS}	ret = set") + TAIL
    counted = caller.replace("demo_last(void)\n{\n", "demo_last(void)\n{\n	demo_count(2);\n")
    moved = review({PATH: caller, header: f"{ready}\n{last}"}, {PATH: counted, header: f"{last}\n{ready}"})
    assert "demo_ready" not in sayings(moved)
    stub = {own: ready}
    gone = review({PATH: caller, header: f"{ready}\n{last}", **stub}, {PATH: counted, header: last, **stub})
    assert "demo_ready" not in sayings(gone)
    both = header, "arch/s390/include/asm/demo.h"
    anew = {header: last, both[1]: ready.replace("number;", "-number;"), own: ready}
    spread = review({PATH: caller, header: f"{ready}\n{last}", own: last}, {PATH: counted, **anew}, arches=("x86",))
    assert "demo_ready" not in sayings(spread)
    without = review({PATH: caller, header: f"{ready}\n{last}"}, {PATH: counted, header: last})
    assert "demo_ready" in sayings(without)


@pytest.mark.parametrize(("line", "said"), [
    ("#define DEMO_BIT 38 /* the last one */", False), ("/* Another comment. */", False),
    ("#define DEMO_PAGES 2", True), ("static inline int demo_second(void) { return demo_first(); }", False),
    ("static inline int demo_number(void) { return demo_first(); }", True),
    ("extern int demo_second(void);", False),
])
def test_hunks_that_bear_on_no_call_are_not_named(line: str, *, said: bool) -> None:
    """Of a hunk without a place that gives a number another value only the calls that use it have something to fear."""
    old = {PATH: PLAIN.replace("(addr, 1)", "(addr, DEMO_PAGES * demo_number())") + TAIL}
    header = "arch/x86/include/asm/demo.h"
    hunk = "int set_memory_decrypted(unsigned long addr, int pages);\n#define DEMO_BIT 37\nint demo_first(void);\n"
    new = {PATH: old[PATH].replace("return 0;\n}\n", "return 1;\n}\n"),
           header: hunk.replace("#define DEMO_BIT 37", line)}
    found = review({**old, header: hunk}, new, there={**old, header: "int demo_nothing(void);\n"})
    assert ("no place in this tree: of patch 1 in arch/x86/include/asm/demo.h" in sayings(found)) is said


def test_hunks_that_show_a_function_in_part_take_nothing_out_of_it() -> None:
    """A call that one patch's hunk shows as context and the next one's does not is no call that is gone."""
    long = PLAIN.replace("	demo->open = true;\n", "".join(f"	demo->part[{number}] = {number};\n"
                                                            for number in range(30)) + "	demo->open = true;\n")
    there = {PATH: "int demo_other(void)\n{\n	return 1;\n}\n"}
    found = review({PATH: long + TAIL}, {PATH: long.replace("part[29] = 29;", "part[29] = 28;") + TAIL}, there=there)
    assert not [cell for cell in found.behaviour if cell.changed]


def test_a_module_question_around_the_call_is_a_doubt() -> None:
    """Where an option and its module are asked for, what the module decides is in kernels that no row shows."""
    call = "	ret = set_memory_decrypted(addr, 1);\n"
    old = PLAIN.replace(call, f"#ifdef CONFIG_DEMO\n{call}#endif\n")
    found = changed(old, old.replace("#ifdef CONFIG_DEMO", "#if IS_ENABLED(CONFIG_DEMO)"))
    assert seen(found) == {"not-seen"}
    assert "asks for CONFIG_DEMO as a module" in sayings(found)


def test_the_hunk_of_a_definition_tells_when_it_does_nothing() -> None:
    """Of a function whose head alone is shown the early exits are known, and so is that one of them changes."""
    path = "arch/powerpc/platforms/pseries/svm.c"
    body = ("int set_memory_encrypted(unsigned long addr, int numpages)\n{\n"
            "	if (!demo_active())\n		return 0;\n\n"
            "	if (!PAGE_ALIGNED(addr))\n		return -EINVAL;\n\n	demo_unshare(addr, numpages);\n\n"
            "	demo_count(numpages);\n	return 0;\n}\n")
    found = review({path: body}, {path: body.replace("demo_active()", "demo_has(DEMO_SHARE)")},
                   there={path: "int demo_other(void)\n{\n	return 1;\n}\n"}, arches=("powerpc",), release="6.1")
    [cell] = [cell for cell in found.behaviour if cell.call == "set_memory_encrypted"]
    assert cell.before.does.endswith("does nothing when !demo_active()")
    assert cell.after.does.endswith("does nothing when !demo_has(DEMO_SHARE)")


def test_what_a_patch_adds_is_not_called_changed() -> None:
    """A new definition beside the family is added; one that was there is changed."""
    path = "arch/riscv/include/asm/pgtable.h"
    more = PLAIN.replace("open = true;\n", "open = true;\n	demo_count(1);\n")
    old = "#ifdef CONFIG_64BIT\n#define _PAGE_DEMO 1\n#endif\n#define PAGE_KERNEL_DEMO _PAGE_DEMO\n"
    verbs = []
    for new in (old + "#ifdef CONFIG_32BIT\n#define _PAGE_DEMO 2\n#endif\n", old.replace(" 1", " 2")):
        found = review({path: old, PATH: PLAIN}, {path: new, PATH: more}, arches=("riscv", "x86"))
        verbs += [word for word in ("adds", "changes") if f" {word} the line '#define _PAGE_DEMO 2'" in sayings(found)
                  or f" {word} the line '#define _PAGE_DEMO 1'" in sayings(found)]
    assert verbs == ["adds", "changes"]


SHARED = """static bool demo_is_shared(void)
{
	return demo_flags & 4;
}

"""


def asked(question: str, *, body: str = "demo_flags & 4") -> str:
    head = SHARED.replace("demo_is_shared", question).replace("demo_flags & 4", body)
    return HEAD + head + (f"int demo_open(unsigned long addr)\n{{\n	if (!{question}())\n		return 0;\n"
                          "	return set_memory_decrypted(addr, 1);\n}\n")


def test_a_question_under_a_new_name_is_the_same_question() -> None:
    """A function that only gets another name asks what it asked, and both sides say it in their own words."""
    found = changed(asked("demo_is_shared"), asked("demo_is_open"))
    assert seen(found) == {"same"}
    [cell] = found.behaviour
    assert "only when demo_is_shared()" in cell.before.does or "demo_flags & 4" in cell.before.does


def test_a_question_with_another_name_and_another_answer_is_not_the_same() -> None:
    """What a new name asks otherwise is not proved to be the same."""
    assert seen(changed(asked("demo_is_shared"), asked("demo_is_open", body="demo_flags & 8"))) != {"same"}


def test_a_condition_of_the_function_itself_is_told_where_nothing_changes() -> None:
    """A call that stays as it is under a test of its own function is said to be made only then, on both sides."""
    old = HEAD + ("int demo_open(struct demo *demo, unsigned long addr)\n{\n	demo_log(1);\n	if (!demo->shared)\n"
                  "		return set_memory_decrypted(addr, 1);\n	return 0;\n}\n")
    found = changed(old, old.replace("demo_log(1)", "demo_log(2)"))
    assert seen(found) == {"same"}
    assert {side.does.split(", ")[0] for cell in found.behaviour for side in (cell.before, cell.after)} == {
        "set_memory_decrypted() is called only when !demo->shared"}


def test_a_way_out_with_an_error_is_no_condition_of_the_call() -> None:
    """That a call is not made behind a failure of the function goes without saying; a way out without error is told."""
    old = HEAD + ("int demo_open(struct demo *demo, unsigned long addr)\n{\n	demo_log(1);\n	if (demo_bad(demo)) {\n"
                  "		demo_log(3);\n		return -EINVAL;\n	}\n	if (demo->quiet)\n		return 0;\n"
                  "	return set_memory_decrypted(addr, 1);\n}\n")
    found = changed(old, old.replace("demo_log(1)", "demo_log(2)"))
    assert {cell.after.does.split(", ")[0] for cell in found.behaviour} == {
        "set_memory_decrypted() is called only when !demo->quiet"}


def test_a_test_at_run_time_that_becomes_one_of_options_is_gone() -> None:
    """A call that asked a question and asks only for options now is made without that condition."""
    old = HEAD + SHARED + ("int demo_open(unsigned long addr)\n{\n	if (!demo_is_shared())\n		return 0;\n"
                         "	return set_memory_decrypted(addr, 1);\n}\n")
    new = HEAD + SHARED.replace("& 4", "& 8") + (
        "int demo_open(unsigned long addr)\n{\n	if (!IS_ENABLED(CONFIG_DEMO_SHARE))\n		return 0;\n"
        "	return set_memory_decrypted(addr, 1);\n}\n")
    assert seen(changed(old, new)) == {"changes"}


def test_only_calls_that_cross_one_another_change_their_order() -> None:
    """Of three calls of which two change places the third keeps its own."""
    lines = [f"	set_memory_decrypted(demo->{name}, 1);\n" for name in ("first", "second", "third")]
    head, tail = HEAD + "void demo_open(struct demo *demo)\n{\n", "}\n"
    found = changed(head + "".join(lines) + tail, head + lines[0] + lines[2] + lines[1] + tail)
    assert {cell.call.split("->")[1].split(",")[0]: cell.doubt for cell in found.behaviour} == {
        "first": "", "second": "the order of the calls changes", "third": "the order of the calls changes"}


def test_all_changed_bits_of_entries_are_named_together() -> None:
    """What one of the bits says is made of the others: no harmless one stands for all."""
    header = "arch/x86/include/asm/demo.h"
    text = ("#define _PAGE_DEMO_A 1\n#define _PAGE_DEMO_B 2\n#define PAGE_KERNEL_DEMO (_PAGE_DEMO_A)\n"
            "int set_memory_decrypted(unsigned long addr, int pages);\n")
    found = review({PATH: PLAIN, header: text},
                   {PATH: PLAIN, header: text.replace("_A 1", "_A 8").replace("_B 2", "_B 4")
                    .replace("(_PAGE_DEMO_A)", "(_PAGE_DEMO_B)")})
    assert "changes the definitions of PAGE_KERNEL_DEMO, _PAGE_DEMO_A and _PAGE_DEMO_B" in sayings(found)


def test_files_that_the_tree_lacks_are_told_apart() -> None:
    """A patch of a file that is not in the tree has no hunk without a place: the file is lacking."""
    other = "arch/x86/kernel/other.c"
    old = {PATH: PLAIN, other: PLAIN.replace("demo_open", "other_open")}
    found = review(old, {PATH: PLAIN.replace("true", "false"), other: old[other].replace("true", "false")},
                   there={PATH: PLAIN})
    assert f"Patched files that this tree lacks: {other}." in sayings(found)
    assert "no place" not in sayings(found)


def test_a_weak_helper_that_an_architecture_replaces_is_not_called_there() -> None:
    """Where an architecture's own function takes the place of a weak one, what the weak one calls is gone."""
    path, own = "kernel/power/demo.c", "arch/x86/power/demo.c"
    old = HEAD + "void demo_copy(struct page *page)\n{\n	set_direct_map_default_noflush(page);\n}\n"
    new = HEAD + ("void __weak demo_map(struct page *page)\n{\n	set_direct_map_default_noflush(page);\n}\n\n"
                  "void demo_copy(struct page *page)\n{\n	demo_map(page);\n}\n")
    folder = {"kernel/Makefile": "obj-y += power/\n", "kernel/power/Makefile": "obj-y += demo.o\n",
              "arch/x86/Makefile": "core-y += arch/x86/\n", "arch/x86/Kbuild": "obj-y += power/\n",
              "arch/x86/power/Makefile": "obj-y += demo.o\n", "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n',
              "arch/x86/Kconfig": "config X86\n	def_bool y\n", "arch/s390/Kconfig": "config S390\n	def_bool y\n",
              own: "int demo_other(void)\n{\n	return 0;\n}\n"}
    found = review({path: old, **folder}, {path: new, **folder, own: folder[own] + (
        "\nvoid demo_map(struct page *page)\n{\n	set_fixmap(FIX_DEMO, page_to_phys(page));\n}\n")},
        arches=("s390", "x86"))
    assert {(cell.arch, cell.seen) for cell in found.behaviour if cell.function == "demo_copy"} == {
        ("s390", "same"), ("x86", "changes")}


@pytest.mark.parametrize(("line", "said"), [
    ("int set_memory_decrypted(unsigned long addr, int numpages);\n", False),
    ("#ifdef CONFIG_DEMO\nint set_memory_decrypted(unsigned long addr, int numpages);\n#endif\n", True),
])
def test_a_function_that_is_declared_once_more_is_what_it_was(line: str, *, said: bool) -> None:
    """A declaration that comes to another header changes nothing of what the function is; one under an option may."""
    header = "arch/x86/include/asm/demo.h"
    old = "int demo_other(void);\n"
    found = review({header: old, PATH: PLAIN}, {header: old + line, PATH: PLAIN})
    assert ("what set_memory_decrypted() is or does" in sayings(found)) is said


def test_the_options_of_a_new_definition_are_told() -> None:
    """A function that a header adds for kernels without an option is said to be for these."""
    header = "include/linux/set_memory.h"
    old = "int set_memory_ro(unsigned long addr, int numpages);\n"
    found = review({header: old, PATH: PLAIN}, {PATH: PLAIN, header: old + (
        "#ifndef CONFIG_ARCH_HAS_SET_DIRECT_MAP\nstatic inline int set_direct_map_default_noflush(struct page *page)\n"
        "{\n	return 0;\n}\n#endif\n")})
    assert "in include/linux/set_memory.h, for kernels with ARCH_HAS_SET_DIRECT_MAP=n; who gets" in sayings(found)


def test_a_hunk_whose_lines_the_tree_has_is_not_without_a_place() -> None:
    """What a hunk only takes away the tree may lack already, while other hunks of the file go nowhere."""
    header = "arch/x86/include/asm/demo.h"
    rest = "".join(f"int demo_{name}(struct demo *demo);\n" for name in "abcdefgh")
    new = f"int demo_on(void);\n{rest}int set_memory_decrypted(unsigned long addr, int pages);\n"
    old = new.replace("int demo_d(", "#define DEMO_PAGES 2\nint demo_d(")
    found = review({PATH: PLAIN, header: old}, {PATH: PLAIN, header: new}, there={PATH: PLAIN, header: new})
    assert "no place" not in sayings(found)


def test_a_file_that_the_tree_lacks_elsewhere_is_not_named() -> None:
    """Nothing in its folder names the family, nor do its hunks: that is said of the hunks, and of nothing else."""
    path = "drivers/demo/far.c"
    lines = "".join(f"int demo_{number}(void);\n" for number in range(9))
    page = review({path: lines}, {path: f"int demo_first(void);\n{lines}"}, there={"mm/demo.c": ""}).first_page
    assert page.conclusion.startswith("No hunk of the series names")
    assert page.not_seen == ()


def test_a_file_that_the_tree_lacks_is_not_said_to_name_nothing() -> None:
    """Its hunks name nothing of the family; what they do not show of it may, and the page says that it was not read."""
    path, lines = "arch/arm64/include/asm/demo.h", "".join(f"int demo_{number}(void);\n" for number in range(9))
    inside = f"{lines}static inline int demo_hide(unsigned long addr)\n{{\n	return set_memory_valid(addr, 1, 0);\n}}\n"
    plain, new = "int demo_first(void);\n", "#include <asm/demo_more.h>\n"
    here = {path: "int demo_zero(void);\n"}
    for there, known in (({"mm/demo.c": ""}, False), (here, True)):
        page = review({path: plain + inside}, {path: new + plain + inside}, there=there).first_page
        assert page.conclusion.startswith("No file that the series touches names") is known
        assert page.not_seen == (() if known else (f"{path}, of which only the hunks are known",))

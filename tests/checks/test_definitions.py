"""What a function of the family is while a series defines, changes, moves or removes it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import pytest

from reviewbot.arch import parse_version
from reviewbot.checks import Analysis, analyse
from reviewbot.checks.definitions import (
    called_instead,
    certain_symbols,
    definition_of,
    describe,
    fact_under,
    facts_at,
    when_it_acts,
)
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.findings.types import Cell
from reviewbot.logic import TRUE, Not
from reviewbot.mail import read_source
from reviewbot.review import review_series
from reviewbot.series import Series, find_series
from reviewbot.source import MemoryTree, apply_series
from reviewbot.source.types import PatchedTree

_SET_MEMORY = """#ifndef _LINUX_SET_MEMORY_H_
#define _LINUX_SET_MEMORY_H_

#ifdef CONFIG_ARCH_HAS_SET_MEMORY
#include <asm/set_memory.h>
#else
static inline int set_memory_ro(unsigned long addr, int numpages) { return 0; }
static inline int set_memory_rw(unsigned long addr, int numpages) { return 0; }
#endif

#ifndef CONFIG_ARCH_HAS_SET_DIRECT_MAP
static inline int set_direct_map_invalid_noflush(struct page *page)
{
	return 0;
}
#endif

#endif
"""
_TREE = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kconfig": 'mainmenu "Demo"\nsource "arch/$(SRCARCH)/Kconfig"\n\nconfig ARCH_HAS_SET_MEMORY\n\tbool\n\n'
               "config ARCH_HAS_SET_DIRECT_MAP\n\tbool\n",
    "Kbuild": "obj-y += arch/$(SRCARCH)/\n",
    "arch/powerpc/Kconfig": "config PPC\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n",
    "arch/powerpc/Kbuild": "obj-y += mm/\n",
    "arch/powerpc/mm/Makefile": "obj-y += pages.o\n",
    "arch/powerpc/mm/pages.c": "int change_range(unsigned long addr, int numpages)\n{\n\treturn -EINVAL;\n}\n",
    "arch/powerpc/include/asm/set_memory.h": "int set_memory_ro(unsigned long addr, int numpages);\n",
    "include/linux/set_memory.h": _SET_MEMORY,
}


def _series(changes: list[Mapping[str, str]], *, tree: Mapping[str, str] = _TREE) -> tuple[Series, PatchedTree]:
    """Return a series with one patch for each of the changes, on the tree."""
    now, mails = dict(tree), []
    for number, change in enumerate(changes, 1):
        diffs = ""
        for path, text in change.items():
            old = now.get(path, "")
            name = f"a/{path}" if old else "/dev/null"
            mode = "" if old else "new file mode 100644\n"
            lines = difflib.unified_diff(old.splitlines(True), text.splitlines(True), name, f"b/{path}")
            diffs += f"diff --git a/{path} b/{path}\n{mode}{''.join(lines)}"
            now[path] = text
        mails.append(f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Demo Author <demo@kernel.example>\n"
                     f"Subject: [PATCH {number}/{len(changes)}] demo: a change\n"
                     f"Date: Tue, 4 Mar 2025 10:0{number}:00 +0000\nMessage-ID: <demo{number}@kernel.example>\n"
                     + ("In-Reply-To: <demo1@kernel.example>\n" if number > 1 else "")
                     + f"\nA change.\n\n---\n{diffs}-- \n2.39\n\n")
    [series] = find_series(read_source("".join(mails).encode(), name="demo")).series
    return series, apply_series(series, MemoryTree({path: text.encode() for path, text in tree.items()}))


def _analysis(*changes: Mapping[str, str], arch: str = "powerpc") -> Analysis:
    series, patched = _series(list(changes))
    known = load_knowledge(())
    return analyse(series=series, patched=patched, family=known.family, model=known.model,
                   version=parse_version("6.12"), arches=(arch,))


def _cells(*changes: Mapping[str, str]) -> tuple[Cell, ...]:
    series, patched = _series(list(changes))
    return review_series(series, patched, load_knowledge(()), version=parse_version("6.12"),
                         arches=("powerpc",)).behaviour


_DIRECT_MAP = """#include <linux/set_memory.h>

static int change_one(unsigned long addr)
{
	if (!addr)
		return -ENOMEM;
	return 0;
}

int set_direct_map_invalid_noflush(struct page *page)
{
	return change_one((unsigned long)page_address(page));
}
"""
_BRINGS = {
    "arch/powerpc/mm/direct.c": _DIRECT_MAP,
    "arch/powerpc/mm/Makefile": "obj-y += pages.o direct.o\n",
    "arch/powerpc/include/asm/set_memory.h": _TREE["arch/powerpc/include/asm/set_memory.h"]
    + "int set_direct_map_invalid_noflush(struct page *page);\n",
    "arch/powerpc/Kconfig": _TREE["arch/powerpc/Kconfig"] + "\tselect ARCH_HAS_SET_DIRECT_MAP\n",
}


def test_a_function_that_the_series_brings_is_read_from_its_code() -> None:
    """No release of powerpc has set_direct_map_*(): the patch's own definition says where it is and how it fails."""
    analysis = _analysis(_BRINGS)
    before, after = analysis.before(0), analysis.after(0)
    old = fact_under(analysis, before, "powerpc", "set_direct_map_invalid_noflush",
                     certain_symbols(analysis, before, "powerpc"))
    new = fact_under(analysis, after, "powerpc", "set_direct_map_invalid_noflush",
                     certain_symbols(analysis, after, "powerpc"))
    assert old is not None
    assert old.status == "stub"
    assert new is not None
    assert (new.status, new.defined_in, new.may_fail) == ("real", "arch/powerpc/mm/direct.c:10", True)
    assert [name for name, _ in new.errnos] == ["ENOMEM"]


def test_what_code_does_not_tell_is_unknown() -> None:
    """A result that comes from a function which nobody has seen may be an error: it is not said to be impossible."""
    text = _DIRECT_MAP.replace("return change_one(", "return demo_firmware_call(")
    analysis = _analysis(_BRINGS | {"arch/powerpc/mm/direct.c": text})
    [fact] = [fact for fact in facts_at(analysis, analysis.after(0), "powerpc", "set_direct_map_invalid_noflush")
              if fact.status == "real"]
    assert fact.may_fail is None
    assert "may perhaps fail (not known)" in describe(fact)


def test_a_body_that_is_rewritten_is_read_again() -> None:
    """A later patch takes the error away: the fact after it cannot fail, the one before it can."""
    later = _DIRECT_MAP.replace("\tif (!addr)\n\t\treturn -ENOMEM;\n", "")
    analysis = _analysis(_BRINGS, {"arch/powerpc/mm/direct.c": later})
    facts = [next(fact for fact in facts_at(analysis, analysis.after(position), "powerpc",
                                            "set_direct_map_invalid_noflush") if fact.status == "real")
             for position in (0, 1)]
    assert [fact.may_fail for fact in facts] == [True, False]


def test_a_stub_that_fails_is_no_success() -> None:
    """A new stub that returns -EOPNOTSUPP does nothing and fails, with that error."""
    text = _SET_MEMORY.replace("(struct page *page)\n{\n\treturn 0;", "(struct page *page)\n{\n\treturn -EOPNOTSUPP;")
    analysis = _analysis({"include/linux/set_memory.h": text})
    [fact] = facts_at(analysis, analysis.after(0), "powerpc", "set_direct_map_invalid_noflush")
    assert (fact.status, fact.may_fail, [name for name, _ in fact.errnos]) == ("stub", True, ["EOPNOTSUPP"])
    assert describe(fact) == "does nothing and returns -EOPNOTSUPP"


_BRANCH = """void __kernel_map_pages(struct page *page, int numpages, int enable)
{
	unsigned long addr = (unsigned long)page_address(page);
	int err;

	if (can_use_tree())
		err = set_memory_ro(addr, numpages);
	else
		err = demo_hash_pages(page, numpages, enable);
	if (err)
		panic("no\\n");
}
"""
_ASKS = "bool can_use_tree(void)\n{\n\treturn tree_enabled || forced_tree();\n}\n\n"
_MAPS = {"arch/powerpc/mm/map.c": _ASKS + _BRANCH}


def test_what_is_called_instead_is_named() -> None:
    """Where a function does not call the family it calls another one, which is not nothing; and its own question
    stands in the condition with what it asks."""
    analysis = _analysis(_MAPS)
    side = analysis.after(0)
    fact = next(fact for fact in facts_at(analysis, side, "powerpc", "__kernel_map_pages"))
    place = definition_of(analysis, side, "__kernel_map_pages", fact)
    assert place is not None
    assert place.file == "arch/powerpc/mm/map.c"
    acts = when_it_acts(analysis, side, place, "__kernel_map_pages", fact)
    assert acts != TRUE
    assert str(Not(acts)) == "!forced_tree() && !tree_enabled"
    assert called_instead(analysis, side, place, "__kernel_map_pages", fact) == ("demo_hash_pages",)


def test_calls_in_a_new_function_of_the_family_have_rows() -> None:
    """The definition's own cell names the branch that is not of the family; the other branch is a call with a row."""
    cells = {cell.call: cell.after for cell in _cells(_MAPS)}
    assert "calls demo_hash_pages() when" in cells["__kernel_map_pages"].does
    assert cells["__kernel_map_pages"].on_failure == "handled"
    assert cells["set_memory_ro(addr, numpages)"].resolves_to != "undeclared"


def test_a_removed_definition_leaves_what_callers_get_now() -> None:
    """With the definition and its select gone, callers get the stub of the generic header."""
    gone = {"arch/powerpc/mm/direct.c": "/* nothing is left */\n",
            "arch/powerpc/Kconfig": _TREE["arch/powerpc/Kconfig"],
            "arch/powerpc/include/asm/set_memory.h": _TREE["arch/powerpc/include/asm/set_memory.h"]}
    [cell] = [cell for cell in _cells(_BRINGS, gone) if cell.patch == "2"]
    assert cell.call == "set_direct_map_invalid_noflush"
    assert (cell.before.resolves_to, cell.before.may_fail) == ("arch/powerpc/mm/direct.c", True)
    assert (cell.after.resolves_to, cell.after.does) == (
        "stub", "set_direct_map_invalid_noflush() does nothing and returns 0")


_SHARES = """#include <linux/set_memory.h>

int set_memory_ro(unsigned long addr, int numpages)
{
	int i;

	for (i = 0; i < numpages; ++i) {
		demo_share(addr);
		addr += PAGE_SIZE;
	}
	return 0;
}
"""


@pytest.mark.parametrize(("text", "seen", "does"), [
    (_SHARES, "changes", "set_memory_ro() calls demo_share(), always returns 0"),
    (_SHARES.replace("return 0", "return i"), "not-seen", "set_memory_ro() does what is not known in detail"),
])
def test_a_body_is_told_by_what_it_calls_and_returns(text: str, seen: str, does: str) -> None:
    """A shown body of which no fact tells anything is told by its calls, or nothing is said of it at all."""
    [cell] = [cell for cell in _cells({"arch/powerpc/mm/share.c": text}) if cell.call == "set_memory_ro"]
    assert (cell.seen, cell.after.does, cell.after.known) == (seen, does, seen == "changes")


@pytest.mark.parametrize(("line", "seen", "before"), [
    ("	select ARCH_HAS_SET_DIRECT_MAP\n", "changes", "set_direct_map_invalid_noflush() does nothing and returns 0"),
    ("	select DEMO_OTHER\n", "not-seen", "was not seen"),
])
def test_before_its_option_a_generic_stub_stood_for_a_function(line: str, seen: str, before: str) -> None:
    """A tree that has the function already does not hide that the author's had the stub of the generic header."""
    path, kconfig = "arch/powerpc/mm/direct.c", "arch/powerpc/Kconfig"
    old = "".join(f"int demo_{number}(void)\n{{\n\treturn {number};\n}}\n\n" for number in range(8))
    theirs = {**_TREE, path: "/* another file */\n"}
    series, _ = _series([{path: old + _DIRECT_MAP, kconfig: _TREE[kconfig] + line}], tree={**theirs, path: old})
    there = {**theirs, path: _DIRECT_MAP.replace("	if (!addr)", "	if (demo_off)"),
             kconfig: _TREE[kconfig] + "	select ARCH_HAS_SET_DIRECT_MAP\n",
             "arch/powerpc/mm/Makefile": "obj-y += pages.o direct.o\n"}
    patched = apply_series(series, MemoryTree({name: text.encode() for name, text in there.items()}))
    cells = review_series(series, patched, load_knowledge(()), version=parse_version("6.12"),
                          arches=("powerpc",)).behaviour
    [cell] = [cell for cell in cells if cell.call == "set_direct_map_invalid_noflush"]
    assert (cell.seen, cell.before.does) == (seen, before)


def test_a_question_does_not_act() -> None:
    """A function that answers yes or no is not said to do nothing where its answer is no."""
    asks = "bool kernel_page_present(struct page *page)\n{\n\treturn demo_map || debug_walk(page);\n}\n"
    [cell] = [cell for cell in _cells({"arch/powerpc/mm/ask.c": asks}) if cell.call == "kernel_page_present"]
    assert cell.after.does == "kernel_page_present() only asks"
    assert not cell.after.may_fail


def test_a_declaration_alone_is_told() -> None:
    """What a patch declares is not undeclared any more; that no file defines it is another thing."""
    analysis = _analysis({"arch/powerpc/include/asm/set_memory.h": _TREE["arch/powerpc/include/asm/set_memory.h"]
                          + "int set_memory_np(unsigned long addr, int numpages);\n"})
    facts = facts_at(analysis, analysis.after(0), "powerpc", "set_memory_np")
    assert facts
    assert describe(facts[0]) == "is declared but defined nowhere there"


_RISCV = {
    "Makefile": _TREE["Makefile"], "Kconfig": _TREE["Kconfig"], "Kbuild": _TREE["Kbuild"],
    "arch/riscv/Kconfig": "config RISCV\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n"
                          "\tselect ARCH_HAS_SET_DIRECT_MAP\n\n"
                          'config MMU\n\tbool "MMU"\n\nconfig 64BIT\n\tbool "64 bit"\n',
    "arch/riscv/Kbuild": "obj-y += mm/\n",
    "arch/riscv/mm/Makefile": "obj-$(CONFIG_MMU) += pageattr.o\n",
    "arch/riscv/mm/pageattr.c": "static int __set_memory(unsigned long addr, int pages, pgprot_t set, pgprot_t clear)\n"
                                "{\n\tif (demo_split(addr, GFP_KERNEL))\n\t\treturn -ENOMEM;\n\treturn -EINVAL;\n}\n\n"
                                "int set_memory_ro(unsigned long addr, int numpages)\n{\n"
                                "\treturn __set_memory(addr, numpages, DEMO_RO, DEMO_NONE);\n}\n",
    "arch/riscv/include/asm/set_memory.h": "int set_memory_ro(unsigned long addr, int numpages);\n",
    "include/linux/set_memory.h": _SET_MEMORY,
}


def test_a_new_function_splits_where_its_workers_do() -> None:
    """What the model knows of a worker under one configuration and under the other is said of a new function that rests
    on it, each under its own: the ordinary one first."""
    path, header = "arch/riscv/mm/pageattr.c", "arch/riscv/include/asm/set_memory.h"
    series, patched = _series([{
        path: _RISCV[path] + "\nint set_direct_map_valid_noflush(struct page *page, unsigned nr, bool valid)\n{\n"
                             "\treturn __set_memory((unsigned long)page_address(page), nr, DEMO_ON, DEMO_OFF);\n}\n",
        header: _RISCV[header] + "int set_direct_map_valid_noflush(struct page *page, unsigned nr, bool valid);\n"}],
        tree=_RISCV)
    known = load_knowledge(())
    analysis = analyse(series=series, patched=patched, family=known.family, model=known.model,
                       version=parse_version("6.12"), arches=("riscv",))
    found = {wide: fact_under(analysis, analysis.after(0), "riscv", "set_direct_map_valid_noflush",
                              {"CONFIG_MMU": True, "MMU": True, "CONFIG_64BIT": wide}) for wide in (True, False)}
    assert {wide: fact and fact.splits for wide, fact in found.items()} == {True: "yes", False: "cannot"}
    assert found[True] is not None
    assert "splits a large leaf if it must" in describe(found[True])
    [cell] = [cell for cell in review_series(series, patched, known, version=parse_version("6.12"),
                                             arches=("riscv",)).behaviour if cell.call == cell.function]
    assert "splits a large leaf if it must" in cell.after.does


def test_a_called_function_that_nobody_has_is_named_and_is_no_difference() -> None:
    """A worker that now calls what neither tree nor series has: what that does is not known, and nothing is changed."""
    path = "arch/arm64/mm/pageattr.c"
    old = ("int set_direct_map_default_noflush(struct page *page)\n{\n\tif (!can_set_direct_map())\n\t\treturn 0;\n\n"
           "\treturn apply_to_page_range(page);\n}\n")
    new = old.replace("\treturn apply", "\tif (demo_prepare(page))\n\t\treturn -EINVAL;\n\treturn apply")
    for more, seen in (("", "not-seen"), ("int demo_prepare(struct page *page)\n{\n\treturn 0;\n}\n\n", "same")):
        series, patched = _series([{path: more + new}], tree={
            **_TREE, path: old, "arch/arm64/Kconfig": "config ARM64\n\tdef_bool y\n"})
        [cell] = [one for one in review_series(series, patched, load_knowledge(()), version=parse_version("6.12"),
                                               arches=("arm64",)).behaviour if one.call == one.function]
        said = "what demo_prepare() does is not known"
        assert (said in cell.after.does, cell.doubt == said, cell.changed) == ((seen == "not-seen",) * 2 + (False,))
        assert ("cannot split" in cell.after.does, "leaves the flush" in cell.after.does) == ((seen == "same",) * 2)
        assert "cannot split" in cell.before.does


@pytest.mark.parametrize(("test", "said"), [
    ("addr < demo_lowest", "does nothing when addr < demo_lowest"), ("!numpages", ""), ("numpages < 1", ""),
])
def test_an_early_return_by_the_address_is_told(test: str, said: str) -> None:
    """A new definition that returns 0 at once below a border does nothing there; an empty range is no news."""
    text = ("#include <linux/set_memory.h>\n\nint set_memory_ro(unsigned long addr, int numpages)\n{\n"
            f"\tif ({test})\n\t\treturn 0;\n\n\tflush_tlb_kernel_range(addr, numpages);\n\treturn 0;\n}}\n")
    [cell] = [cell for cell in _cells({"arch/powerpc/mm/share.c": text}) if cell.call == "set_memory_ro"]
    assert "flushes" in cell.after.does
    assert cell.after.does.partition("does nothing when ")[2].split(", ")[0] == said.removeprefix("does nothing when ")

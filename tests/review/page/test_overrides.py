"""A patch takes an architecture's own body of a `__weak` function: the generic one is used from then on."""

from __future__ import annotations

import pytest

from reviewbot.review.page.types import PageRow

from .one_patch import PATH, review

OTHER = "#include <linux/set_memory.h>\n\nint demo_other(void)\n{\n	return 0;\n}\n"
OWN = OTHER + """
void *demo_page(void)
{
	void *page = demo_alloc();

	if (page)
		set_memory_ro((unsigned long)page, 1);
	return page;
}
"""
WEAK = "#include <linux/set_memory.h>\n\nvoid __weak *demo_page(void)\n{\n%s}\n"
BUILD = {
    "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "arch/x86/Kconfig": "config X86\n	def_bool y\n",
    "Kbuild": "obj-y += kernel/ arch/$(SRCARCH)/\n", "kernel/Makefile": "obj-y += demo.o\n",
    "arch/x86/Kbuild": "obj-y += kernel/\n", "arch/x86/kernel/Makefile": "obj-y += demo.o\n",
}


def rows(generic: str) -> list[PageRow]:
    files = {**BUILD, "kernel/demo.c": generic} if generic else BUILD
    return list(review(OWN, OTHER, path=PATH, files=files).first_page.rows)


@pytest.mark.parametrize(("body", "verdict", "calls"), [
    ("	return demo_take(1);\n", "different", "calls demo_take() and not set_memory_ro()"),
    ("	void *page = demo_take(1);\n\n	set_memory_ro((unsigned long)page, 1);\n	return page;\n", "same",
     "calls set_memory_ro() as well"),
    ("", "different", "does not call set_memory_ro()"),
])
def test_what_the_generic_function_calls_is_told(body: str, verdict: str, calls: str) -> None:
    """The row names the generic function that is used now, and which of the calls it makes."""
    [row] = rows(WEAK % body)
    assert (row.verdict, row.arch) == (verdict, ("x86",))
    assert row.statement.startswith("demo_page() is no longer overridden: the generic one of kernel/demo.c:3 is used")
    assert row.statement.endswith(f", which {calls}")


@pytest.mark.parametrize("generic", ["", "void *demo_page(void)\n{\n	return 0;\n}\n"])
def test_without_a_weak_function_there_is_no_override(generic: str) -> None:
    """Where nothing else, or nothing weak, has the name the function is simply gone."""
    assert all("overridden" not in row.statement for row in rows(generic))


def test_a_header_has_one_for_those_that_have_none() -> None:
    """What a header defines where no architecture says that it has one is used like a weak function."""
    header = ("#include <asm/demo.h>\n#ifndef demo_page\nstatic inline void *demo_page(void)\n{\n	return 0;\n}\n"
              "#endif\n")
    own = OWN.replace("#include <linux/set_memory.h>\n", "#include <linux/set_memory.h>\n#define demo_page demo_page\n")
    [row] = review(own, OTHER, path="arch/x86/include/asm/demo.h", files={
        **BUILD, "include/linux/demo.h": header, "kernel/demo.c": "#include <linux/demo.h>\n\nvoid *demo_use(void)\n{\n"
        "	return demo_page();\n}\n"}).first_page.rows
    assert row.statement.startswith("demo_page() is no longer overridden: the generic one of include/linux/demo.h:")
    assert row.statement.endswith(" is used, which does not call set_memory_ro()")

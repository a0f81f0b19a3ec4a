"""A module that calls what the kernel does not export cannot be linked, and so nothing is called that could fail."""

from __future__ import annotations

import pytest

from reviewbot.findings.types import Cell
from tests.review.test_seen import HEAD, review

CODE = HEAD + """#include <linux/module.h>

static int demo_open(unsigned long addr)
{
	int ret;

	ret = set_memory_ro(addr, 1);
	if (ret)
		return ret;
	return 0;
}
"""
WORKER = "int set_memory_ro(unsigned long addr, int numpages)\n{\n\treturn change_memory_common(addr, numpages);\n}\n"
KCONFIG = "config DEMO\n\ttristate \"demo\"\n\tdepends on m\n" + "config MODULES\n\tdef_bool y\n\tmodules\n"


def kernel(*, export: str, kconfig: str) -> dict[str, str]:
    return {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "Makefile": "obj-y += drivers/ arch/x86/\n",
            "arch/x86/Kconfig": f"config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n{kconfig}",
            "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n", "arch/x86/Makefile": "obj-y += mm/\n",
            "arch/x86/mm/Makefile": "obj-y += pat/\n", "arch/x86/mm/pat/Makefile": "obj-y += set_memory.o\n",
            "arch/x86/mm/pat/set_memory.c": WORKER + export}


def cells(*, export: str, kconfig: str) -> list[Cell]:
    tree = kernel(export=export, kconfig=kconfig)
    new = CODE.replace("\tint ret;", "\tint ret;\n\n\tif (!addr)\n\t\treturn 0;")
    return [cell for cell in review({"drivers/demo.c": CODE, **tree}, {"drivers/demo.c": new, **tree}).behaviour
            if cell.after.symbol == "set_memory_ro"]


@pytest.mark.parametrize(("export", "kconfig", "linked"), [
    ("", KCONFIG, False),
    ("EXPORT_SYMBOL_GPL(set_memory_ro);\n", KCONFIG, True),
    ("", KCONFIG.replace("\tdepends on m\n", ""), True),
])
def test_a_function_without_an_export(export: str, kconfig: str, linked: bool) -> None:
    """Only where the file is part of a module, and the function of the kernel alone, the module lacks it."""
    found = cells(export=export, kconfig=kconfig)
    assert found
    assert {effect.may_fail for cell in found for effect in (cell.before, cell.after)} == {linked}
    assert {"does not link" not in effect.does for cell in found for effect in (cell.before, cell.after)} == {linked}


@pytest.mark.parametrize(("export", "told"), [
    ("", "the module with demo_open() no longer calls set_memory_ro(), with which it did not link"),
    ("EXPORT_SYMBOL_GPL(set_memory_ro);\n", "demo_open() no longer makes"),
])
def test_a_module_that_stops_calling_what_is_not_exported(export: str, told: str) -> None:
    """What such a call did was nothing: that the module can be linked is what changes."""
    tree = kernel(export=export, kconfig=KCONFIG)
    new = CODE.replace("	int ret;\n\n	ret = set_memory_ro(addr, 1);\n	if (ret)\n		return ret;\n", "")
    page = review({"drivers/demo.c": CODE, **tree}, {"drivers/demo.c": new, **tree}).first_page
    assert told in page.conclusion


SHOWN = """static void demo_helpers(struct demo *demo)
{
	DEMO_NEEDS_OPTION_OFF(demo, CONFIG_DEMO_OTHER);
	if (set_memory_ro(demo->addr, 1))
		demo_log(demo);
}

"""
AROUND = HEAD + """#include <linux/module.h>

static void demo_first(struct demo *demo)
{
	demo_count(demo);
}

static void demo_second(struct demo *demo)
{
	demo_clear(demo);
}
"""


SECOND = "static void demo_second(struct demo *demo)\n{\n"
CALL = "	if (set_memory_ro(demo->addr, 1))\n		demo_log(demo);\n"


@pytest.mark.parametrize(("new", "first", "told"), [
    (AROUND.replace(SECOND, SHOWN + SECOND), "", True),
    (AROUND.replace(SECOND, f"#if !IS_MODULE(CONFIG_DEMO)\n{SHOWN}#endif\n{SECOND}"), "", False),
    (AROUND.replace(SECOND, SHOWN + SECOND), "#ifdef MODULE\nint demo_module;\n#endif\n", False),
    (AROUND.replace("	demo_clear(demo);\n", f"	demo_clear(demo);\n{CALL}"), "", False),
])
def test_a_new_function_of_a_file_that_is_known_in_part(new: str, first: str, *, told: bool) -> None:
    """The mail shows all of the function, and nothing shows that a module is built without it: that is asked, where
    the patch does not fit the tree."""
    tree = kernel(export="", kconfig=KCONFIG.replace("\tdepends on m\n", ""))
    there = first + AROUND.replace("(demo);", "(demo, 1);").replace("first(", "one(").replace("second(", "two(")
    found = review({"drivers/demo.c": AROUND, **tree}, {"drivers/demo.c": new, **tree},
                   there={"drivers/demo.c": there, **tree})
    asked = [one for one in found.findings if one.rule == "not-exported"]
    assert [one.level for one in asked] == (["question"] if told else [])
    assert all("'drivers/demo.c' calls 'set_memory_ro'" in one.message for one in asked)

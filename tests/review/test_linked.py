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
    ("", "the module with demo_open() now links, as it no longer calls set_memory_ro()"),
    ("EXPORT_SYMBOL_GPL(set_memory_ro);\n", "demo_open() no longer makes"),
])
def test_a_module_that_stops_calling_what_is_not_exported(export: str, told: str) -> None:
    """What such a call did was nothing: that the module can be linked is what changes."""
    tree = kernel(export=export, kconfig=KCONFIG)
    new = CODE.replace("	int ret;\n\n	ret = set_memory_ro(addr, 1);\n	if (ret)\n		return ret;\n", "")
    page = review({"drivers/demo.c": CODE, **tree}, {"drivers/demo.c": new, **tree}).first_page
    assert told in page.conclusion

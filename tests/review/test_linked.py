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


def cells(*, export: str, kconfig: str) -> list[Cell]:
    tree = {"Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "Makefile": "obj-y += drivers/ arch/x86/\n",
            "arch/x86/Kconfig": f"config X86\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n{kconfig}",
            "drivers/Makefile": "obj-$(CONFIG_DEMO) += demo.o\n", "arch/x86/Makefile": "obj-y += mm/\n",
            "arch/x86/mm/Makefile": "obj-y += pat/\n", "arch/x86/mm/pat/Makefile": "obj-y += set_memory.o\n",
            "arch/x86/mm/pat/set_memory.c": WORKER + export}
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

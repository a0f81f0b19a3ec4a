"""A macro that stands for a constant on an architecture is no condition there."""

from __future__ import annotations

import pytest

from tests.review.test_seen import HEAD, review

PATH = "mm/demo.c"
TREE = {
    "Kconfig": 'source "mm/Kconfig"\nsource "arch/$(SRCARCH)/Kconfig"\n',
    "mm/Kconfig": "config DEMO_ARCH_SKIPS\n	bool\n",
    "arch/x86/Kconfig": "config X86\n	def_bool y\n	select ARCH_HAS_MEM_ENCRYPT\n",
    "arch/x86/mm/pat/set_memory.c": "int set_memory_decrypted(unsigned long addr, int numpages)\n{\n"
                                    "	return demo_change(addr, numpages);\n}\n",
    "include/linux/set_memory.h": "int set_memory_decrypted(unsigned long addr, int numpages);\n",
    "include/linux/demo.h": "#ifdef CONFIG_DEMO_ARCH_SKIPS\nbool demo_arch_skips(struct demo *demo);\n#else\n"
                            "#define demo_arch_skips(d)	(false)\n#endif\n",
}
CODE = HEAD + """#include <linux/demo.h>

int demo_go(struct demo *demo)
{
	if (demo->plain)
		return set_memory_decrypted(demo->address, 1);
	return 0;
}
"""


@pytest.mark.parametrize(("select", "answer"), [("", "same"), ("	select DEMO_ARCH_SKIPS\n", "changes")])
def test_a_question_that_is_false_there_changes_nothing(select: str, answer: str) -> None:
    """Only an architecture that has a function of its own for it may now come there in another way."""
    tree = {**TREE, "arch/x86/Kconfig": TREE["arch/x86/Kconfig"] + select}
    new = CODE.replace("if (demo->plain)", "if (demo_arch_skips(demo) || demo->plain)")
    found = review({PATH: CODE, **tree}, {PATH: new, **tree})
    assert {cell.seen for cell in found.behaviour} == {answer}
    assert any("demo_arch_skips" in cell.after.does for cell in found.behaviour) is bool(select)

"""Whether anything calls a macro decides what a slip in it comes to, and its folder which kernels have it."""

from __future__ import annotations

import pytest

from tests.review.test_seen import review

ASM = "arch/powerpc/include/asm"
TREE = {
    "Kconfig": 'source "arch/$(SRCARCH)/Kconfig"\n', "mm/Makefile": "obj-y += walk.o\n", "Kbuild": "obj-y += mm/\n",
    "arch/powerpc/Kconfig": "config PPC\n	def_bool y\n\nconfig DEMO_WIDE\n	bool \"Wide\"\n",
    f"{ASM}/pgtable.h": "#ifdef CONFIG_DEMO_WIDE\n#include <asm/wide/pgtable.h>\n#else\n#include <asm/slim/pgtable.h>\n"
                        "#endif\n",
    f"{ASM}/wide/pgtable.h": "#define DEMO_WIDE 1\nint set_memory_ro(unsigned long addr, int numpages);\n",
    f"{ASM}/slim/pgtable.h": "static inline int pmd_demo(pmd_t pmd)\n{\n	return pmd_val(pmd) & 2;\n}\n",
    "include/linux/pgtable.h": "#include <asm/pgtable.h>\n\n/* pmd_demo(pmd) is what it is */\n"
                               "#define pmd_demo_more(pmd) \\\n	(pmd_demo(pmd) && pmd_present(pmd))\n",
    "mm/walk.c": "#include <linux/pgtable.h>\n\nint demo_walk(pmd_t pmd)\n{\n	return pmd_present(pmd);\n}\n",
}
SLIP = TREE[f"{ASM}/wide/pgtable.h"] + "#define pmd_demo(pdm)	(pmd_val(pmd) & 2)\n"


@pytest.mark.parametrize(("call", "level"), [("pmd_present", "question"), ("pmd_demo", "error"),
                                             ("pmd_demo_more", "error")])
def test_a_slip_in_a_macro_that_nobody_calls_is_only_asked_about(call: str, level: str) -> None:
    """A call counts, by itself or through another macro; a definition, a comment and a macro without a user do not."""
    tree = TREE | {"mm/walk.c": TREE["mm/walk.c"].replace("pmd_present", call)}
    found = review(tree, tree | {f"{ASM}/wide/pgtable.h": SLIP}, arches=("powerpc",))
    [slip] = [one for one in found.findings if one.rule == "misnamed-argument"]
    assert slip.level == level
    assert ("Nothing calls it today" in slip.message) is (level == "question")
    assert slip.config == "CONFIG_DEMO_WIDE"
    assert [row.verdict for row in found.first_page.rows if "pdm" in row.statement] == (
        ["worse"] if level == "error" else [])
    assert found.first_page.ask == (slip.id,)
    assert any("pmd_demo" in entry.statement for entry in found.level_set) is (level == "error")

"""A level of the page table that is folded into the one above gives no NULL."""

from __future__ import annotations

import pytest

from tests.review.test_seen import review

PATH = "arch/x86/mm/demo.c"
HEADERS = {
    "include/asm-generic/pgtable-nop4d.h": "#define __PAGETABLE_P4D_FOLDED 1\n",
    "include/asm-generic/pgtable-nopud.h": "#define __PAGETABLE_PUD_FOLDED 1\n#include <asm-generic/pgtable-nop4d.h>\n",
}
BODY = """#include <linux/set_memory.h>

int demo_walk(struct mm_struct *mm, pgd_t *pgd, unsigned long addr)
{
	p4d_t *p4d;

	set_memory_ro(addr, 1);
	p4d = p4d_alloc(mm, pgd, addr);
	if (!p4d) {
		p4d_error(*p4d);
		return 0;
	}
	return 1;
}
"""


@pytest.mark.parametrize(("included", "said"), [("pgtable-nopud.h", False), ("pgtable-types.h", True)])
def test_a_table_of_a_folded_level_is_never_null(included: str, *, said: bool) -> None:
    """What an architecture folds is the entry above, so that nothing is followed which is NULL; else it may be."""
    before = {**HEADERS, "arch/x86/include/asm/pgtable.h": f"#include <asm-generic/{included}>\n",
              PATH: BODY.replace("p4d_alloc(mm, pgd, addr)", "NULL").replace("p4d_error(*p4d);\n", "")}
    found = review(before, {**before, PATH: BODY})
    assert any(one.rule == "used-when-null" for one in found.findings) is said

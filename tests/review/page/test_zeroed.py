"""A bit that is 0 in some configuration leaves the functions that ask for it alone without work."""

from __future__ import annotations

from ..test_seen import HEAD, PATH, TAIL, review

HEADER = "arch/x86/include/asm/pgtable_types.h"
MAPPER = "arch/x86/mm/pat/set_memory.c"
NX, RW = "#define _PAGE_NX\t(1UL << 63)\n", "#define _PAGE_RW\t(1UL << 1)\n"
OWN = """#include <linux/set_memory.h>

int set_memory_nx(unsigned long addr, int pages)
{
	return demo_change(addr, pages, __pgprot(_PAGE_NX), __pgprot(0));
}

int set_memory_rw(unsigned long addr, int pages)
{
	return demo_change(addr, pages, __pgprot(_PAGE_RW), __pgprot(_PAGE_NX));
}
"""
TREE = {HEADER: NX + RW, MAPPER: OWN, PATH: HEAD + TAIL, "Kconfig": 'config DEMO\n\tbool "demo"\n'}


def test_who_asks_for_the_bit_alone_changes_nothing() -> None:
    """The function that changes another bit as well still has that to do; without a new value there is no row."""
    told = "changes nothing: _PAGE_NX, all that it is about, is 0 there"
    gated = f"#ifdef CONFIG_DEMO\n#define _PAGE_NX\t0\n#else\n{NX}#endif\n{RW}"
    said = OWN.replace("set_memory.h>\n", "set_memory.h>\n\n/* Not all have the bit. */\n")
    found = review(TREE, {**TREE, HEADER: gated, MAPPER: said})
    assert [(row.gist, row.config) for row in found.first_page.rows] == [(f"set_memory_nx() {told}", "DEMO=y")]
    moved = review(TREE, {**TREE, HEADER: gated.replace("_NX\t0", "_NX\t(1UL << 62)"), MAPPER: said})
    assert told not in moved.first_page.conclusion

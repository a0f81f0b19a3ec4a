"""What protections of kernel memory are made of is read in the header, through the file's own short names."""

from __future__ import annotations

from ..test_seen import review

HEADER = "arch/x86/include/asm/pgtable_types.h"
MAPPER = "arch/x86/mm/pat/set_memory.c"
BITS = ("#define ___D _PAGE_DIRTY\n#define __RW _PAGE_RW\n\n#define __PAGE_KERNEL (__RW|___D)\n"
        "#define __PAGE_KERNEL_RO (   0|___D)\n#define __PAGE_KERNEL_ROX (___D|   0)\n")
CLEAN = BITS.replace("(   0|___D)", "(   0|   0)").replace("(___D|   0)", "(   0|   0)")
CLEARS = """#include <linux/set_memory.h>

int set_memory_ro(unsigned long addr, int pages)
{
	return change_page_attr_clear(&addr, pages, __pgprot(_PAGE_RW), 0);
}
"""
COUNTED = CLEARS.replace("	return", "	demo_count(1);\n	return")
TWICE = CLEARS.replace("(_PAGE_RW)", "(_PAGE_RW | _PAGE_DIRTY)")


def test_protections_without_a_bit_are_one_row() -> None:
    """Both lose the same bit, whatever place it has in the line."""
    [row] = review({HEADER: BITS, MAPPER: CLEARS}, {HEADER: CLEAN, MAPPER: COUNTED}).first_page.rows
    assert row.gist == "__PAGE_KERNEL_RO and __PAGE_KERNEL_ROX no longer have _PAGE_DIRTY"
    assert (row.arch, row.file, row.line) == (("x86",), HEADER, 5)


def test_what_a_function_clears_and_protections_lack_is_one_thing() -> None:
    """The function takes the bit away, and what is mapped anew never has it."""
    page = review({HEADER: BITS, MAPPER: CLEARS}, {HEADER: CLEAN, MAPPER: TWICE}).first_page
    [row] = page.rows
    assert row.gist == ("set_memory_ro() now also clears _PAGE_DIRTY, and __PAGE_KERNEL_RO and __PAGE_KERNEL_ROX are "
                        "made without it")


def test_a_short_name_that_changes_is_no_bit() -> None:
    """What else differs in the line is not known as a bit, so nothing is said."""
    other = BITS.replace("(   0|___D)", "(demo(3)|___D)")
    assert not review({HEADER: BITS, MAPPER: CLEARS}, {HEADER: other, MAPPER: COUNTED}).first_page.rows


def test_the_functions_that_use_a_changed_protection_are_named() -> None:
    """Also where the header makes another protection of it, which is the one that they use."""
    header = "#define __PAGE_KERNEL (_PAGE_RW)\n#define PAGE_KERNEL __pgprot(__PAGE_KERNEL)\n"
    sets = CLEARS.replace("__pgprot(_PAGE_RW), 0", "PAGE_KERNEL, 0")
    [row] = review({HEADER: header, MAPPER: sets}, {HEADER: header.replace("(_PAGE_RW)", "(_PAGE_RW | _PAGE_NEW)"),
                                                    MAPPER: sets.replace("	return", "	demo_count(1);\n	return")},
                   ).first_page.rows
    assert row.gist == "__PAGE_KERNEL now has _PAGE_NEW; set_memory_ro() uses it"

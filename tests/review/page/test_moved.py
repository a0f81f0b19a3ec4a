"""A function that maps kernel memory and is called at another place of the start is what a patch changes."""

from __future__ import annotations

import pytest

from ..test_seen import review

MAPS = """int demo_seal(unsigned long addr)
{
	return set_memory_ro(addr, 1);
}

void demo_map_pool(unsigned long pool)
{
	demo_map_range(pool, pool + POOL_SIZE, PAGE_KERNEL_RO);
}

void demo_map_all(void)
{
	demo_map_range(0, demo_end, PAGE_KERNEL_RO);
	demo_map_pool(demo_pool);
}
"""
SETUP = """void demo_setup(void)
{
	demo_parse();
	demo_map_all();
	demo_late();
}

void demo_last(void)
{
	demo_free();
}
"""
MM, BOOT = "arch/x86/mm/demo.c", "arch/x86/kernel/demo.c"
CALL = "	demo_map_pool(demo_pool);\n"
LAST = SETUP.replace("	demo_free();\n", f"	demo_free();\n{CALL}")


@pytest.mark.parametrize(("maps", "setup", "told"), [
    (MAPS.replace(CALL, ""), LAST, True),
    (MAPS, LAST, False),  # it is called there as well
    (MAPS.replace(CALL, ""), SETUP.replace("	demo_late();\n", f"	demo_late();\n{CALL}"), False),  # into the caller
    (MAPS.replace(CALL, "").replace("demo_map_all", "demo_map_most"), LAST.replace("_all", "_most"), False),
])
def test_a_call_that_moves_to_another_function(maps: str, setup: str, *, told: bool) -> None:
    """Both functions stay and neither calls the other: what is mapped is mapped at another time."""
    page = review({MM: MAPS, BOOT: SETUP}, {MM: maps, BOOT: setup}).first_page
    assert ("demo_last() now calls demo_map_pool(), and demo_map_all() no longer does" in page.conclusion) is told
    if told:
        [row] = page.rows
        assert (row.arch, row.file, row.statement.partition(": ")[2]) == (
            ("x86",), BOOT, "it maps kernel memory (PAGE_KERNEL_RO)")


def test_what_maps_nothing_of_the_kernel_is_not_told() -> None:
    """A call of any other function may move without a word."""
    maps = MAPS.replace("PAGE_KERNEL_RO", "demo_prot")
    page = review({MM: maps, BOOT: SETUP}, {MM: maps.replace(CALL, ""), BOOT: LAST}).first_page
    assert page.rows == ()

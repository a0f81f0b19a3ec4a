"""A function that refuses what does not start on a page fails where nothing shows that it is given a page's start."""

from __future__ import annotations

import pytest

from reviewbot.checks.boundary import on_boundary
from tests.review.test_seen import HEAD, review

CODE = HEAD + """int demo_open(struct demo *demo, unsigned long given)
{
	unsigned long addr = FROM;

	demo_prepare(demo);
	return 0;
}
"""


@pytest.mark.parametrize(("address", "shown"), [
    ("page_address(demo->page)", True), ("__get_free_pages(GFP_KERNEL, 2)", True), ("given & PAGE_MASK", True),
    ("(unsigned long)phys_to_virt(demo->base)", False), ("given", False), ("__get_free_page(GFP_KERNEL) + 16", False),
])
def test_an_address_that_may_lie_within_a_page(address: str, shown: bool) -> None:
    """An address from firmware may lie anywhere in a page: only a page's start is surely no error."""
    path, code = "kernel/demo_both.c", CODE.replace("FROM", address)
    new = code.replace("return 0;", "return set_memory_decrypted(addr, 4);")
    cells = [cell.after for cell in review({path: code}, {path: new}, arches=("powerpc",)).behaviour
             if cell.after.resolves_to.startswith("arch/")]
    assert [(cell.known, cell.may_fail, cell.on_failure) for cell in cells] == [
        (shown, False, "cannot-fail" if shown else "returned")]
    assert all(cell.does.endswith("may perhaps fail (for an address within a page)") is not shown for cell in cells)


@pytest.mark.parametrize(("argument", "statements", "shown"), [
    ("(unsigned long)vmalloc(size)", (), True),
    ("addr", ("addr = vmalloc(size);", "addr = NULL;"), True),
    ("addr", ("addr = vmalloc(size);", "addr += 4;"), False),
    ("addr", ("demo_fill(&addr);", "addr = vmalloc(size);"), False),
    ("phys_to_virt(start)", ("start = page_to_phys(page);",), True),
    ("phys_to_virt(start)", ("start = demo->base;",), False),
    ("demo->map + i * PAGE_SIZE", ("demo->map = vzalloc(size);",), True),
    ("demo->map + i * size", ("demo->map = vzalloc(size);",), False),
    ("vmalloc(size) | vmalloc(1)", (), False),
    ("demo->map + demo->used", ("demo->map = vzalloc(size);", "BUG_ON(demo->used & (PAGE_SIZE-1));"), True),
    ("demo->map + demo->used", ("demo->map = vzalloc(size);", "BUG_ON(!PAGE_ALIGNED(demo->used));"), True),
    ("demo->map + demo->used", ("demo->map = vzalloc(size);", "WARN_ON(!PAGE_ALIGNED(demo->used));"), False),
])
def test_the_start_of_a_page(argument: str, statements: tuple[str, ...], shown: bool) -> None:
    """What gives whole pages gives their start, and so does a name that is only ever given that."""
    assert on_boundary(argument, statements) is shown

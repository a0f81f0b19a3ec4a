"""Memory is named by what those know who read of a function without having it before them."""

from __future__ import annotations

import pytest
from one_patch import review

BEFORE = """#include <linux/set_memory.h>

static struct demo_pool demo_pool;

int demo_open(struct demo *d, struct demo_header *head, void *buf, int pages)
{
	unsigned long place = (unsigned long)phys_to_virt(d->base);
	struct demo_pool *pool = &demo_pool;
#ifdef CONFIG_DEMO
	int more;
#else
	void *near = demo_near(d);
#endif
	void *made, *next = NULL;
	void **slot = &demo_slots[pages];
	void *last = rcu_dereference_protected(demo_last, demo_is_locked(d));

	made = demo_alloc(pages);
	if (!made)
		return -ENOMEM;
	while ((next = demo_next(next)))
		demo_touch(next);
	return demo_start(d);
}
"""


@pytest.mark.parametrize(("given", "said"), [
    ("(unsigned long)made", "what demo_alloc() returned"),
    ("place", "d->base"),
    ("(unsigned long)near", "what demo_near() returned"),
    ("(unsigned long)pool->start", "demo_pool.start"),
    ("(unsigned long)next", "memory"),
    ("(unsigned long)(*slot)", "demo_slots[pages]"),
    ("(unsigned long)*made", "memory"),
    ("(unsigned long)last", "what demo_last pointed to"),
    ("(unsigned long)buf", "buf"),
    ("(unsigned long)head", "head"),
    ("(unsigned long)d->text", "d->text"),
    ("demo_text", "demo_text"),
])
def test_a_variable_of_the_function_is_told_by_what_it_was_made_from(given: str, said: str) -> None:
    """What a function allocated or converted is named so, a loop's variable not at all; what its declaration or the
    whole file names keeps its name."""
    calls = f"\tif (set_memory_ro({given}, pages))\n\t\treturn -EIO;\n\treturn demo_start(d);"
    found = review(BEFORE, BEFORE.replace("\treturn demo_start(d);", calls))
    [row] = found.first_page.rows
    assert row.gist == f"demo_open() now makes {said} read-only"


def test_a_structure_with_a_name_that_tells_nothing_is_told_by_its_type() -> None:
    """Of a parameter `p` the reader learns what it is."""
    before = BEFORE.replace("struct demo_header *head", "struct demo_header *p")
    calls = "\tif (set_memory_ro((unsigned long)p, pages))\n\t\treturn -EIO;\n\treturn demo_start(d);"
    [row] = review(before, before.replace("\treturn demo_start(d);", calls)).first_page.rows
    assert row.gist == "demo_open() now makes its demo_header read-only"


@pytest.mark.parametrize(("order", "said"), [
    ("THREAD_SIZE_ORDER", "the first page of what alloc_pages_node() returned"),
    ("0", "what alloc_pages_node() returned"),
])
def test_one_page_of_several_is_not_all_that_was_allocated(order: str, said: str) -> None:
    """A function that changes one page changes the first one of what was allocated by an order."""
    before = """#include <linux/set_memory.h>

struct page *demo_stack(int node)
{
	struct page *page = alloc_pages_node(node, GFP_KERNEL, ORDER);

	if (!page)
		return NULL;
	return page;
}
""".replace("ORDER", order)
    calls = "\tif (set_direct_map_invalid_noflush(page))\n\t\treturn NULL;\n\treturn page;"
    rows = review(before, before.replace("\treturn page;", calls)).first_page.rows
    assert any(row.gist.startswith(f"demo_stack() now unmaps {said}") for row in rows), [row.gist for row in rows]

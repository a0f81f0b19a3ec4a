"""Shapes of published defects around shared memory: each is raised, and its mended form is quiet.

The code is made up; what it has of the defects is the order of their steps.
"""

from __future__ import annotations

import pytest
from rule_example import Example, mail_of

from reviewbot.arch import parse_version
from reviewbot.checks import analyse, find
from reviewbot.cli.knowledge import load_knowledge
from reviewbot.mail import read_source
from reviewbot.series import find_series
from reviewbot.source import MemoryTree, apply_series

KNOWLEDGE = load_knowledge(())
TREE = MemoryTree({"Makefile": b"VERSION = 6\nPATCHLEVEL = 12\n"})
FAMILIES = {"ret-ignored", "ret-lost-in-void", "ret-partially-handled", "warn-only", "leak-on-failure",
            "missing-restore"}

BUFFER_FREED_WHOEVER_SHARES_IT = ("""
int demo_open(struct demo *d)
{
	d->buf = page_address(alloc_pages_node(d->node, GFP_KERNEL, 2));
	if (set_memory_decrypted((unsigned long)d->buf, 4)) {
		free_pages((unsigned long)d->buf, 2);
		return -EIO;
	}
	return 0;
}
""", """
int demo_open(struct demo *d)
{
	d->buf = page_address(alloc_pages_node(d->node, GFP_KERNEL, 2));
	if (set_memory_decrypted((unsigned long)d->buf, 4)) {
		d->buf = NULL;	/* its state is not known: it is lost */
		return -EIO;
	}
	return 0;
}
""")

GIVEN_BACK_THOUGH_STILL_SHARED = ("""
void demo_close(struct demo *d)
{
	set_memory_encrypted((unsigned long)d->ring, d->count);
	vfree(d->ring);
}
""", """
void demo_close(struct demo *d)
{
	if (set_memory_encrypted((unsigned long)d->ring, d->count))
		return;
	vfree(d->ring);
}
""")

FAILURE_ONLY_REPORTED = ("""
void demo_teardown(struct page *page, unsigned int order)
{
	int ret = set_memory_encrypted((unsigned long)page_address(page), 1 << order);

	if (ret)
		pr_warn("demo: still shared: %d\\n", ret);
	__free_pages(page, order);
}
""", """
void demo_teardown(struct page *page, unsigned int order)
{
	int ret = set_memory_encrypted((unsigned long)page_address(page), 1 << order);

	if (ret) {
		pr_warn("demo: still shared: %d\\n", ret);
		return;
	}
	__free_pages(page, order);
}
""")

ALLOCATOR_FREES_ON_THE_ERROR_WAY = ("""
void *demo_alloc(struct device *dev, size_t size, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, get_order(size));
	void *cpu;

	if (!page)
		return NULL;
	cpu = page_address(page);
	if (set_memory_decrypted((unsigned long)cpu, PFN_UP(size)))
		goto out_free;
	memset(cpu, 0, size);
	return cpu;
out_free:
	__free_pages(page, get_order(size));
	return NULL;
}
""", """
void *demo_alloc(struct device *dev, size_t size, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, get_order(size));
	void *cpu;

	if (!page)
		return NULL;
	cpu = page_address(page);
	if (set_memory_decrypted((unsigned long)cpu, PFN_UP(size)))
		return NULL;
	memset(cpu, 0, size);
	return cpu;
}
""")

PROTECTION_NOT_ASKED_FOR = ("""
int demo_lock_image(void *image, int pages)
{
	set_memory_ro((unsigned long)image, pages);
	return 0;
}
""", """
int demo_lock_image(void *image, int pages)
{
	return set_memory_ro((unsigned long)image, pages);
}
""")

LOST_IN_A_VOID_HELPER = ("""
static inline void demo_lock_header(void *image, int pages)
{
	set_memory_rox((unsigned long)image, pages);
}

int demo_publish(void *image, int pages)
{
	demo_lock_header(image, pages);
	return 0;
}
""", """
static inline int demo_lock_header(void *image, int pages)
{
	return set_memory_rox((unsigned long)image, pages);
}

int demo_publish(void *image, int pages)
{
	return demo_lock_header(image, pages);
}
""")

NOT_MADE_PRIVATE_AGAIN = ("""
static void *demo_quote(size_t size)
{
	void *buf = alloc_pages_exact(size, GFP_KERNEL);

	if (!buf)
		return NULL;
	if (set_memory_decrypted((unsigned long)buf, size >> PAGE_SHIFT)) {
		set_memory_encrypted((unsigned long)buf, size >> PAGE_SHIFT);
		free_pages_exact(buf, size);
		return NULL;
	}
	return buf;
}
""", """
static void *demo_quote(size_t size)
{
	void *buf = alloc_pages_exact(size, GFP_KERNEL);

	if (!buf)
		return NULL;
	if (set_memory_decrypted((unsigned long)buf, size >> PAGE_SHIFT)) {
		pr_warn("demo: %zu bytes are lost\\n", size);
		return NULL;
	}
	return buf;
}
""")

TWO_RESULTS_IN_ONE = ("""
int demo_connect(struct demo *d)
{
	int ret;

	d->one = (void *)get_zeroed_page(GFP_KERNEL);
	d->two = (void *)get_zeroed_page(GFP_KERNEL);
	if (!d->one || !d->two)
		return -ENOMEM;
	ret = set_memory_decrypted((unsigned long)d->one, 1);
	ret |= set_memory_decrypted((unsigned long)d->two, 1);
	if (ret)
		goto cleanup;
	return 0;
cleanup:
	free_page((unsigned long)d->one);
	free_page((unsigned long)d->two);
	return ret;
}
""", """
int demo_connect(struct demo *d)
{
	int ret;

	d->one = (void *)get_zeroed_page(GFP_KERNEL);
	d->two = (void *)get_zeroed_page(GFP_KERNEL);
	if (!d->one || !d->two)
		return -ENOMEM;
	ret = set_memory_decrypted((unsigned long)d->one, 1);
	ret |= set_memory_decrypted((unsigned long)d->two, 1);
	if (ret) {
		d->one = NULL;	/* their state is not known: they are lost */
		d->two = NULL;
		return ret;
	}
	return 0;
}
""")

FREED_BEHIND_A_HELPER_THAT_FAILED = ("""
static int demo_unshare(struct demo_area *area)
{
	int ret = set_memory_encrypted((unsigned long)area->buf, area->pages);

	if (ret)
		pr_warn("demo: still shared: %d\\n", ret);
	return ret;
}

void demo_cleanup(struct demo *d)
{
	demo_unshare(&d->area);
	vfree(d->area.buf);
}
""", """
static int demo_unshare(struct demo_area *area)
{
	int ret = set_memory_encrypted((unsigned long)area->buf, area->pages);

	if (ret)
		pr_warn("demo: still shared: %d\\n", ret);
	return ret;
}

void demo_cleanup(struct demo *d)
{
	if (!demo_unshare(&d->area))
		vfree(d->area.buf);
}
""")

FREED_WHATEVER_THE_FLAG_SAYS = ("""
static int demo_unshare(struct demo_area *area)
{
	int ret = set_memory_encrypted((unsigned long)area->buf, area->pages);

	area->shared = ret != 0;
	return ret;
}

void demo_cleanup(struct demo *d)
{
	if (d->area.handle)
		demo_unshare(&d->area);
	vfree(d->area.buf);
}
""", """
static int demo_unshare(struct demo_area *area)
{
	int ret = set_memory_encrypted((unsigned long)area->buf, area->pages);

	area->shared = ret != 0;
	return ret;
}

void demo_cleanup(struct demo *d)
{
	int ret = 0;

	if (d->area.handle)
		ret = demo_unshare(&d->area);
	if (!ret && !d->area.shared)
		vfree(d->area.buf);
}
""")

TOLD_SUCCESS_THOUGH_IT_IS_WRITABLE = ("""
int demo_finalize(struct demo *d)
{
	int err = demo_check(d);

	if (!err) {
		set_memory_rox((unsigned long)d->image, d->pages);
		d->ready = 1;
	}
	return err;
}
""", """
int demo_finalize(struct demo *d)
{
	int err = demo_check(d);

	if (!err) {
		err = set_memory_rox((unsigned long)d->image, d->pages);
		if (!err)
			d->ready = 1;
	}
	return err;
}
""")


def said(code: str) -> list[str]:
    example = Example(path="mm/demo.c", arches=("x86", "arm64"), before="", after=code.lstrip("\n"), marks={})
    [series] = find_series(read_source(mail_of(example), name="example")).series
    analysis = analyse(series=series, patched=apply_series(series, TREE),
                       family=KNOWLEDGE.family, model=KNOWLEDGE.model, version=parse_version("6.12"),
                       arches=example.arches)
    rules = tuple(rule for rule in KNOWLEDGE.rules if rule.category in FAMILIES)
    return [f"{one.rule} in {one.function}" for one in find(rules, analysis) if one.level != "note" and one.introduced]


@pytest.mark.parametrize("name", sorted(name for name in globals() if name.isupper() and isinstance(
    globals()[name], tuple)))
def test_shape(name: str) -> None:
    """The defect is an error, a warning or a question in its function; what mends it brings none of them."""
    wrong, right = globals()[name]
    assert said(wrong)
    assert said(right) == []

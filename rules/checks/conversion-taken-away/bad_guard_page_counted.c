/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
struct demo_area {
	unsigned long size;
	unsigned long flags;
	void *addr;
};

static inline size_t demo_area_size(const struct demo_area *area)
{
	if (!(area->flags & DEMO_NO_GUARD))
		return area->size - PAGE_SIZE;
	return area->size;
}

void demo_poison(struct demo_area *area)
{
	demo_fill(area->addr, area->size);	/* BAD: demo_area_size | area->size - PAGE_SIZE */
}

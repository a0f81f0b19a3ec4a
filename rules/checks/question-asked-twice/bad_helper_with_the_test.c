/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static inline void demo_map_pages(struct page *page, int count)
{
	if (demo_enabled())
		__demo_map_pages(page, count);
}

static bool demo_is_traced(struct demo *demo)
{
	if (demo_enabled() && demo->size > 1)
		return true;
	return false;
}

void demo_map(struct demo *demo)
{
	if (!demo_is_traced(demo))
		return;
	demo_map_pages(demo->page, demo->size);	/* BAD: a second time */
}

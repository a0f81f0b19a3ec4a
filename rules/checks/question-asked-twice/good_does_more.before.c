/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static inline void demo_map_pages(struct page *page, int count)
{
	if (demo_enabled())
		__demo_map_pages(page, count);
	demo_note(page);
}

static bool demo_is_traced(struct demo *demo)
{
	return demo->size > 1 && demo_enabled();
}

void demo_map(struct demo *demo)
{
	if (demo_is_traced(demo))
		__demo_map_pages(demo->page, demo->size);
}

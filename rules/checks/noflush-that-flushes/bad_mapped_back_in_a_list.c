/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 s390 */

void demo_show_all(struct list_head *pages)
{
	struct page *page;

	list_for_each_entry(page, pages, lru) {
		if (set_direct_map_default_noflush(page))	/* BAD */
			pr_warn("demo: a page stays hidden\n");
	}
}

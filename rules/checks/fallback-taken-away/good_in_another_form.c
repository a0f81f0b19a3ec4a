/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_fault(struct demo *d, gfp_t gfp)
{
	struct group *group;
	struct page *page;

	page = demo_find(d->cache);
	if (!page) {
		group = demo_make_group(gfp, 0);
		if (!group)
			return -ENOMEM;
		page = &group->page;
		demo_list(d, page);
	}
	d->page = page;
	return 0;
}

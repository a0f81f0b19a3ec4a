/* config: MMU=y   arch: x86   path: mm/demo.c */
static int demo_make_shared(struct demo *d, u64 pfn)
{
	return demo_bug_on(rmp_make_shared(pfn, 1), d);
}

int demo_reclaim(struct demo *d, u64 pfn)
{
	return demo_make_shared(d, pfn);
}

void demo_free(struct demo *d)
{
	u64 pfn = demo_pfn(d->page);

	if (demo_make_shared(d, pfn))
		return;
	demo_log(d, pfn);
	demo_forget(d);
}

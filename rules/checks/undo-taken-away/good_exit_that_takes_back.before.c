/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_copy_text(void *dst, void *src, int pages)
{
	int ret;

	ret = set_memory_rw((unsigned long)dst, pages);
	ret = demo_copy_stopped(dst, src);
	set_memory_ro((unsigned long)dst, pages);
	return ret;
}

int demo_walk_quiet(struct demo *d)
{
	int ret;

	demo_block(d);
	ret = demo_walk(d);
	demo_settle(d);
	demo_unblock(d);
	return ret;
}

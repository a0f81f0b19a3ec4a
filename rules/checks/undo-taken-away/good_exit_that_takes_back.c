/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_copy_text(void *dst, void *src, int pages)
{
	int ret;

	ret = set_memory_rw((unsigned long)dst, pages);
	if (ret)
		return ret;
	ret = demo_copy_stopped(dst, src);
	set_memory_ro((unsigned long)dst, pages);
	return ret;
}

int demo_walk_quiet(struct demo *d)
{
	int ret;

	demo_block(d);
	ret = demo_walk(d);
	if (ret < 0)
		goto out;
	demo_settle(d);
out:
	demo_unblock(d);
	return ret;
}

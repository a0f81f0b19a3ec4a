/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_combine(unsigned long addr, int pages)
{
	int ret;

	ret = demo_combine_all(addr, pages);	/* BAD: demo_soften */
	return ret;
}

int demo_mirror(struct demo *d)
{
	int ret;

	ret = demo_copy_state(d);	/* BAD: demo_have_cpus */
	if (ret)
		goto out;
	demo_mark(d);
out:
	return ret;
}

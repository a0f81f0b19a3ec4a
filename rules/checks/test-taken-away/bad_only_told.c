/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_lookup(unsigned long pfn, int *level);
int demo_share(unsigned long pfn, int level);

int demo_make_shared(unsigned long pfn)
{
	int level, ret;

	ret = demo_lookup(pfn, &level);	/* BAD */
	if (ret)
		pr_warn("lookup of %lx failed\n", pfn);
	return demo_share(pfn, level);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_leak_page(unsigned long pfn);
int demo_command(unsigned long pfn);

static int demo_reclaim(unsigned long pfn)
{
	int ret = demo_command(pfn);

	if (ret) {
		demo_leak_page(pfn);
		return ret;
	}
	return 0;
}

int demo_status(unsigned long pfn)
{
	if (demo_reclaim(pfn)) {
		demo_leak_page(pfn);	/* BAD */
		return -EFAULT;
	}
	return 0;
}

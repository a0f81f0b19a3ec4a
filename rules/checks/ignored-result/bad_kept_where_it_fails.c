/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static int demo_give_back(struct demo *demo)
{
	int ret;

	ret = set_memory_rw((unsigned long)demo->page, 1);
	if (ret)
		pr_err("demo: page lost\n");
	else
		free_page((unsigned long)demo->page);
	demo->page = NULL;
	return ret;
}

void demo_close(struct demo *demo)
{
	demo_give_back(demo);	/* BAD note: gives the memory back only where set_memory_rw() has worked */
}

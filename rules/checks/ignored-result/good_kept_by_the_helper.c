/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static int demo_free_page(void *page)
{
	int ret;

	ret = set_memory_rw((unsigned long)page, 1);
	if (ret)
		pr_err("demo: page is kept\n");
	else
		free_page((unsigned long)page);
	return ret;
}

void demo_close(struct demo *demo)
{
	demo_free_page(demo->page);
	demo_note(demo, "closed");
}

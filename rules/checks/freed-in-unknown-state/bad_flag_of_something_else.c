/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

void demo_close(struct demo *demo, struct page *page)
{
	bool failed = false;

	if (set_memory_encrypted((unsigned long)page_address(page), 1))
		failed = true;
	demo_stop(demo);
	if (failed)
		pr_warn("demo: still there\n");
	if (!demo->busy)
		__free_page(page);	/* BAD */
}

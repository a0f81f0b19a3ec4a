/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

void demo_close(struct demo *demo, struct page *page)
{
	demo->lost = false;
	if (demo->open && set_memory_encrypted((unsigned long)page_address(page), 1))
		demo->lost = true;
	demo_stop(demo);
	if (!demo->lost)
		__free_page(page);
}

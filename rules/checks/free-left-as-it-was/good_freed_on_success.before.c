/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
void demo_disconnect(struct demo_link *link)
{
	free_pages_exact(link->page, PAGE_SIZE);
	link->page = NULL;
}

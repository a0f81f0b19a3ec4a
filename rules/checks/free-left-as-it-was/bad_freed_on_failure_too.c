/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
void demo_disconnect(struct demo_link *link)
{
	if (link->page) {
		if (set_memory_encrypted((unsigned long)link->page, 1))
			demo_note(link);
		free_page((unsigned long)link->page);	/* BAD */
		link->page = NULL;
	}
}

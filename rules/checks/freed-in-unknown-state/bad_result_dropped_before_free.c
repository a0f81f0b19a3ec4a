/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
void demo_release(struct demo *demo)
{
	set_memory_encrypted((unsigned long)demo->ring, demo->pages);
	free_pages((unsigned long)demo->ring, demo->order);	/* BAD */
	demo->ring = NULL;
}

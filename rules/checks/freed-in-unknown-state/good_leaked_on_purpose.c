/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 arm64 */
void demo_release(struct demo *demo)
{
	int ret = set_memory_encrypted((unsigned long)demo->ring, demo->pages);

	if (!ret)
		free_pages((unsigned long)demo->ring, demo->order);
	kfree(demo->name);
	demo->ring = NULL;
}

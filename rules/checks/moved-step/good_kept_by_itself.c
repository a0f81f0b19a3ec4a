/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: drivers/demo/ring.c */
struct demo *demo_start(bool isolated, void *other)
{
	struct demo *demo = kzalloc(sizeof(*demo), GFP_KERNEL);
	void *mem = kmalloc(PAGE_SIZE, GFP_KERNEL);

	if (!demo || !mem)
		return NULL;
	demo->other = other;
	demo->mem = mem;
	if (isolated && set_memory_decrypted((unsigned long)mem, 1))
		return NULL;	/* the memory may be shared: leaked */
	return demo;
}

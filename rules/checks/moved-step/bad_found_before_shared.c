/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: drivers/demo/ring.c */
int demo_start(struct demo *demo)
{
	void **slot = this_cpu_ptr(demo_slots);
	void *mem = kmalloc(PAGE_SIZE, GFP_KERNEL);
	int err;

	if (!mem)
		return -ENOMEM;
	*slot = mem;	/* BAD: comes before 'set_memory_decrypted((unsigned long)mem, 1)' now */
	if (demo->isolated) {
		err = set_memory_decrypted((unsigned long)mem, 1);
		if (err)
			return err;	/* the memory may be shared: leaked */
	}
	return 0;
}

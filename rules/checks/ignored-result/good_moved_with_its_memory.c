/* config: MMU=y   arch: arm64   path: kernel/demo.c */
static void demo_protect(void *ptr, u32 size)
{
	set_memory_ro((unsigned long)ptr, size / PAGE_SIZE);
	set_memory_x((unsigned long)ptr, size / PAGE_SIZE);
}

void *demo_first(u32 size)
{
	void *ptr = module_alloc(size);

	if (ptr)
		demo_protect(ptr, size);
	return ptr;
}

void *demo_second(struct demo *d, u32 size)
{
	d->ptr = module_alloc(size);
	if (d->ptr)
		demo_protect(d->ptr, size);
	return d->ptr;
}

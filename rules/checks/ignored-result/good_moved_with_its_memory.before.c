/* config: MMU=y   arch: arm64   path: kernel/demo.c */
void *demo_first(u32 size)
{
	void *ptr = module_alloc(size);

	if (ptr) {
		set_memory_ro((unsigned long)ptr, size / PAGE_SIZE);
		set_memory_x((unsigned long)ptr, size / PAGE_SIZE);
	}
	return ptr;
}

void *demo_second(struct demo *d, u32 size)
{
	d->ptr = module_alloc(size);
	if (d->ptr) {
		set_memory_ro((unsigned long)d->ptr, size / PAGE_SIZE);
		set_memory_x((unsigned long)d->ptr, size / PAGE_SIZE);
	}
	return d->ptr;
}

/* config: MMU=y   arch: x86 arm64 */
static bool demo_seal(void *ptr, u32 size)
{
	demo_reset(ptr);
	return !set_memory_rox((unsigned long)ptr, size / PAGE_SIZE);
}

void *demo_pack(struct demo *d, u32 size)
{
	void *ptr = demo_alloc(d, size);

	if (ptr) {
		demo_fill(d, ptr);
		if (!demo_seal(ptr, size)) {
			demo_free(d, ptr);
			ptr = NULL;
		}
	}
	return ptr;
}

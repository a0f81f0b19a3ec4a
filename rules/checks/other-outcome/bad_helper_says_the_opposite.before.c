/* config: MMU=y   arch: x86 arm64 */
void *demo_pack(struct demo *d, u32 size)
{
	void *ptr = demo_alloc(d, size);

	if (ptr) {
		int err;

		demo_fill(d, ptr);
		err = set_memory_rox((unsigned long)ptr, size / PAGE_SIZE);
		if (err) {
			demo_free(d, ptr);
			ptr = NULL;
		}
	}
	return ptr;
}

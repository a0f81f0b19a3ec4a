/* config: MMU=y   arch: x86 arm64 */
void *demo_page(struct demo *d)
{
	void *addr = demo_alloc(d);

	if (!addr)
		return NULL;
	if (set_memory_rox((unsigned long)addr, 1)) {
		demo_free(d, addr);
		return NULL;
	}
	return addr;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_new(struct demo_pack *pack, demo_fill_t fill)
{
	fill(pack->ptr, PAGE_SIZE);
	return set_memory_rox((unsigned long)pack->ptr, 1);
}

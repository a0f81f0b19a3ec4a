/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_new(struct demo_pack *pack)
{
	int ret = set_memory_rox((unsigned long)pack->ptr, 1);

	list_add_tail(&pack->list, &demo_packs);
	return ret;
}

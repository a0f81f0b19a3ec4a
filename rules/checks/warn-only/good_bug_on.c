/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */

void demo_open(struct demo *demo)
{
	int ret = set_memory_decrypted((unsigned long)demo->page, 1);

	BUG_ON(ret);
	demo_announce(demo);
}

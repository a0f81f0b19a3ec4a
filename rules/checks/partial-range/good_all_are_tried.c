/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 */
int demo_share(struct demo *demo)
{
	int i, ret = 0;

	for (i = 0; i < 2; i++)
		ret |= set_memory_decrypted((unsigned long)demo->pages[i], 1);
	if (ret) {
		demo->pages[0] = NULL;
		demo->pages[1] = NULL;
		return ret;
	}
	return demo_start(demo);
}

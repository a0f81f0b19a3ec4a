/* config: AMD_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
void demo_free_unused(unsigned long from, unsigned long to)
{
	if (sme_me_mask) {
		if (set_memory_encrypted(from, (to - from) >> PAGE_SHIFT))
			return;
	}
	demo_free(from, to);
}

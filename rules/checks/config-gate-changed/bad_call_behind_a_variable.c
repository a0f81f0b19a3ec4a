/* config: AMD_MEM_ENCRYPT=y   arch: x86   path: arch/x86/mm/demo.c */
void demo_free_unused(unsigned long from, unsigned long to)
{
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT)) {	/* BAD */
		if (set_memory_encrypted(from, (to - from) >> PAGE_SHIFT))
			return;
	}
	demo_free(from, to);
}

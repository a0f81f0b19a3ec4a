/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_protect(unsigned long addr)
{
	if (!IS_ENABLED(CONFIG_STRICT_MODULE_RWX))
		return 0;
	return set_memory_ro(addr, 1);
}

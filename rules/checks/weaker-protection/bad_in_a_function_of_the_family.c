/* config: MMU=y   arch: x86   path: arch/x86/mm/pat/set_memory.c */
static int change_page_attr_set_clr(unsigned long addr, int numpages)
{
	int ret;

	vm_unmap_aliases();
	ret = demo_change(addr, numpages);	/* BAD */
	demo_done(addr);
	return ret;
}

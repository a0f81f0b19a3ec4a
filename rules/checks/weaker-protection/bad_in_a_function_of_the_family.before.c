/* config: MMU=y   arch: x86   path: arch/x86/mm/pat/set_memory.c */
static int change_page_attr_set_clr(unsigned long addr, int numpages)
{
	int ret;

	vm_unmap_aliases();
	scoped_guard(mmap_read_lock, &init_mm)
		ret = demo_change(addr, numpages);
	demo_done(addr);
	return ret;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: riscv   path: arch/riscv/mm/demo.c */
static int demo_change_aliases(unsigned long start, int pages)
{
	struct vm_struct *area = find_vm_area((void *)start);
	int first = (start - (unsigned long)area->addr) >> PAGE_SHIFT;
	int i, err;

	for (i = 0; i < pages; ++i) {
		err = demo_change_page(page_address(area->pages[first + i]));
		if (err)
			return err;
	}
	return 0;
}

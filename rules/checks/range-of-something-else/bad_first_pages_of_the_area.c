/* config: ARCH_HAS_SET_MEMORY=y   arch: riscv   path: arch/riscv/mm/demo.c */
static int demo_change_aliases(unsigned long start, int pages)
{
	struct vm_struct *area = find_vm_area((void *)start);
	int i, err;

	for (i = 0; i < pages; ++i) {
		err = demo_change_page(page_address(area->pages[i]));	/* BAD: begins at '0' now, where it began at 'first' */
		if (err)
			return err;
	}
	return 0;
}

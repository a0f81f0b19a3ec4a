/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_unmap(unsigned long start, unsigned long end)
{
	apply_to_page_range(&init_mm, start, end - start, demo_clear, NULL);
	local_flush_tlb_kernel_range(start, end);
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_poison(struct demo *d, unsigned long start, unsigned long end, unsigned int nr_pages)
{
	unsigned long pfn = PFN_DOWN(d->base_phys);

	memset(d->map, 0, nr_pages);
	memset((void *)start, 0, end - start);
	demo_map(pfn_to_page(pfn), d->size << PAGE_SHIFT);
}

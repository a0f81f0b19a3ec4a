void demo_protect(void)
{
	unsigned long first = (unsigned long)_data;
	unsigned long last = (unsigned long)__va(PFN_PHYS(max_low_pfn));

	set_memory_nx(first, (last - first) >> PAGE_SHIFT);	
}

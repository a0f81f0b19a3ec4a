int demo_make(struct demo *d, unsigned long pages)
{
	char *start = module_alloc(pages * PAGE_SIZE);	/* BAD: PAGE_KERNEL_EXEC | until */

	if (!start)
		return -ENOMEM;
	demo_fill(start);
	d->start = start;
	return set_memory_ro((unsigned long)start, pages);
}

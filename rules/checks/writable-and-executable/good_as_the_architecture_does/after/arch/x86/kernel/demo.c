int demo_make(struct demo *d, unsigned long pages)
{
	char *start = module_alloc(pages * PAGE_SIZE);

	if (!start)
		return -ENOMEM;
	demo_fill(start);
	d->start = start;
	return set_memory_ro((unsigned long)start, pages);
}

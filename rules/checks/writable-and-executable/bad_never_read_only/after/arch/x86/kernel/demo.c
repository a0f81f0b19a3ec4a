int demo_make(struct demo *d, unsigned long pages)
{
	char *start;

	start = module_alloc(pages * PAGE_SIZE);	/* BAD: nothing in this function takes either away */
	if (!start)
		return -ENOMEM;
	d->start = start;
	return 0;
}

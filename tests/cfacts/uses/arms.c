/* A flag that only some arms of an #if read. */

static int grows(struct demo *demo, struct page *page)
{
	bool leak = false;

	if (demo->shared && set_memory_encrypted(demo->addr, 1))	/* USE: handled */
		leak = true;
#ifdef CONFIG_DEMO_REMAP
	if (!leak)
		__free_page(page);
#endif
	return -ENOMEM;
}

static int reads_nowhere(struct demo *demo, struct page *page)
{
	bool leak = false;

	if (demo->shared && set_memory_encrypted(demo->addr, 1))	/* USE: discarded */
		leak = true;
#ifdef CONFIG_DEMO_REMAP
	__free_page(page);
#endif
	return -ENOMEM;
}

/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: mm/demo.c */
int demo_stop(struct demo *d)
{
	int ret;

	ret = set_memory_encrypted((unsigned long)d->pages[0], 1);
	ret |= set_memory_encrypted((unsigned long)d->shared, 1);
	if (!ret)
		free_page((unsigned long)d->pages[0]);
	return ret;
}

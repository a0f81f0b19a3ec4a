/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d)
{
	if (!set_memory_encrypted((unsigned long)d->pages[0], 1))
		free_page((unsigned long)d->pages[0]);
	if (!set_memory_encrypted((unsigned long)d->pages[1], 1))
		free_page((unsigned long)d->pages[1]);
}

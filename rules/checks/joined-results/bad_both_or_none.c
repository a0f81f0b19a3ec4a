/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d)
{
	int ret;

	ret = set_memory_encrypted((unsigned long)d->pages[0], 1);
	ret |= set_memory_encrypted((unsigned long)d->pages[1], 1);
	if (!ret) {	/* BAD: and 'demo_stop' gives no message then */
		free_page((unsigned long)d->pages[0]);
		free_page((unsigned long)d->pages[1]);
	}
}

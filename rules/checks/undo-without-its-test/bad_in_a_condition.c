/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_give(struct demo *d, bool shared)
{
	if (!set_memory_encrypted(d->addr, d->pages))	/* BAD: only where shared before */
		free_pages(d->addr, d->order);
}

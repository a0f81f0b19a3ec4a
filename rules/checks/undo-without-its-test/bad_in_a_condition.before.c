/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_give(struct demo *d, bool shared)
{
	if (!shared || !set_memory_encrypted(d->addr, d->pages))
		free_pages(d->addr, d->order);
}

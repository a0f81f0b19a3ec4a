/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_down(struct demo *d)
{
	if (d->shared) {
		demo_quiet(d);
		if (d->shared)
			set_memory_encrypted(d->addr, d->pages);
	}
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_remove(struct demo *d)
{
	demo_quiet(d);
	demo_give(d->addr);	/* BAD: still shared */
}

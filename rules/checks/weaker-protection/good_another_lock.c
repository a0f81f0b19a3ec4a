/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_step(struct demo *d)
{
	guard(mutex)(&d->mutex);
	demo_first(d);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_setup(struct demo *d)
{
	if (demo_handler == d->own) {
		demo_register(d);
		return;
	}
	if (!demo_negotiate())
		demo_die();
	demo_clear(d);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_setup(struct demo *d)
{
	if (!demo_negotiate())	/* BAD */
		demo_die();
	if (demo_handler == d->own) {
		demo_register(d);
		return;
	}
	demo_clear(d);
}

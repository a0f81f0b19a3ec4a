/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_clear_root(struct demo *d)
{
	d->root = NULL;
}

void demo_free_table(struct demo *d)
{
	demo_clear_root(d);	/* BAD */
	demo_free_tree(d->root, d->level);
	demo_tell(d);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
static bool demo_allowed(void *p)
{
	return true;
}

void demo_unmap(struct demo *d, void *p)
{
	if (!demo_allowed(p))
		return;
	demo_take(d, p);
}

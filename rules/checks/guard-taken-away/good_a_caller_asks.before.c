/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_poison(struct demo *d, void *object, bool accessible)
{
	if (accessible)
		return;

	demo_mark(d, object);
}

bool demo_free(struct demo *d, void *object, bool accessible)
{
	demo_poison(d, object, accessible);
	return true;
}

bool demo_pool_free(struct demo *d, void *object)
{
	demo_poison(d, object, false);
	return true;
}

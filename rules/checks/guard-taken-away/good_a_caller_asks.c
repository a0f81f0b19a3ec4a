/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_poison(struct demo *d, void *object)
{
	demo_mark(d, object);
}

bool demo_free(struct demo *d, void *object, bool accessible)
{
	if (accessible)
		return false;

	demo_poison(d, object);
	return true;
}

bool demo_pool_free(struct demo *d, void *object)
{
	demo_poison(d, object);
	return true;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static bool demo_is_ready(struct demo *d)
{
	return d->addr != 0;
}

static int demo_count(struct demo *d)
{
	return d->pages;
}

int demo_answer(struct demo *d)
{
	return demo_is_ready(d);
}

bool demo_any(struct demo *d)
{
	return demo_count(d);
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
bool demo_protect(struct demo *d)
{
	if (!d->addr)
		return -EINVAL;	/* BAD */
	return set_memory_ro(d->addr, d->pages);	/* BAD */
}

static bool demo_is_ready(struct demo *d)
{
	return d->addr != 0;
}

int demo_run(struct demo *d)
{
	int ret = demo_is_ready(d);

	if (ret)
		return ret;	/* BAD */
	return 0;
}

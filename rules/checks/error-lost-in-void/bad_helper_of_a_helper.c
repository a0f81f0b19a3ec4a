/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static void demo_lock_one(struct demo *d)
{
	set_memory_ro(d->addr, d->pages);
}

static void demo_lock(struct demo *d)
{
	if (d->addr)
		demo_lock_one(d);	/* BAD */
	demo_tell(d);
}

int demo_start(struct demo *d)
{
	demo_lock(d);	/* BAD */
	return demo_run(d);
}

/* config: MMU=y   arch: x86 arm64   path: mm/demo.c */
static int demo_take(struct demo *demo)
{
	int ret = 0;

	if (!demo->pages)
		ret = -ENOMEM;	/* BAD */
	demo_note(demo);
	return ret;
}

void demo_fill(struct demo *demo)
{
	if (demo_take(demo) == -ENOSPC)
		demo_grow(demo);
}

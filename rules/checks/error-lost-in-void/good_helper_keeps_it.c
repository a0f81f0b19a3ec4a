/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86 arm64 */
static void demo_count(struct demo *d)
{
	d->uses++;
}

int demo_hide(struct demo *d)
{
	demo_count(d);
	return set_direct_map_invalid_noflush(d->page);
}

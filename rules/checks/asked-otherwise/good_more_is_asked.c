/* config: MMU=y   arch: arm64   path: arch/arm64/mm/demo.c */
static bool demo_is_split(void)
{
	return demo_full || demo_debug() || demo_fence_on;
}

int demo_take_away(struct page *page)
{
	if (!demo_is_split())
		return 0;
	return demo_change(page);
}

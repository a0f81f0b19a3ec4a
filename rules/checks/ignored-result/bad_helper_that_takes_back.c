/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static int demo_hide(struct demo *demo)
{
	int ret;

	demo->hidden = true;
	ret = set_memory_ro(demo->addr, demo->pages);
	if (ret) {
		demo->hidden = false;
		return ret;
	}
	return 0;
}

void demo_close(struct demo *demo)
{
	demo_hide(demo);	/* BAD */
	demo_note(demo, "hidden");
}

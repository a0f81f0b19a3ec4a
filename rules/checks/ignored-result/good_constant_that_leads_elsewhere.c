/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
enum demo_mode { DEMO_KEEP, DEMO_WRITE };

static int demo_open_page(void *page, enum demo_mode mode)
{
	int ret = 0;

	switch (mode) {
	case DEMO_WRITE:
		ret = set_memory_rw((unsigned long)page, 1);
		break;
	case DEMO_KEEP:
		break;
	}
	return ret;
}

void demo_open(struct demo *demo)
{
	demo_open_page(demo->page, DEMO_KEEP);
	demo_note(demo, "open");
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
enum demo_state { DEMO_READ_ONLY, DEMO_WRITABLE, DEMO_AS_IT_IS };

static int demo_set(struct demo *demo, enum demo_state state)
{
	int ret = 0;

	switch (state) {
	case DEMO_READ_ONLY:
		ret = set_memory_ro(demo->addr, 1);
		break;
	case DEMO_WRITABLE:
		ret = set_memory_rw(demo->addr, 1);
		break;
	case DEMO_AS_IT_IS:
		break;
	}
	return ret;
}

void demo_leave(struct demo *demo)
{
	demo_set(demo, DEMO_AS_IT_IS);
	demo_note(demo, "left");
}

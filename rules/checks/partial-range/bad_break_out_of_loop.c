/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

int demo_seal_all(struct demo *demo)
{
	struct demo_area *area;
	int err = 0;

	list_for_each_entry(area, &demo->areas, list) {
		err = set_memory_ro(area->addr, area->pages);	/* BAD */
		if (err)
			break;
	}
	return err;
}

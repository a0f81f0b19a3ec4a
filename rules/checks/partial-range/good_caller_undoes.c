/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

static int demo_lock_parts(struct demo *demo)
{
	int i, err;

	for (i = 0; i < demo->nr; i++) {
		err = set_memory_ro(demo->part[i], demo->pages);
		if (err)
			return err;
	}
	return 0;
}

int demo_start(struct demo *demo)
{
	int i, err = demo_lock_parts(demo);

	if (err)
		for (i = 0; i < demo->nr; i++)
			WARN_ON(set_memory_rw(demo->part[i], demo->pages));
	return err;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

int demo_seal(struct demo *demo)
{
	int err;

	mutex_lock(&demo->mutex);
	err = set_memory_ro(demo->addr, demo->pages);
	mutex_unlock(&demo->mutex);
	return err;
}

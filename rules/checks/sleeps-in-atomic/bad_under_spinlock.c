/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

int demo_seal(struct demo *demo)
{
	int err;

	spin_lock(&demo->lock);
	err = set_memory_ro(demo->addr, demo->pages);	/* BAD */
	spin_unlock(&demo->lock);
	return err;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

int demo_seal(struct demo *demo)
{
	spin_lock(&demo->lock);
	demo->sealed = true;
	spin_unlock(&demo->lock);
	return set_memory_ro(demo->addr, demo->pages);
}

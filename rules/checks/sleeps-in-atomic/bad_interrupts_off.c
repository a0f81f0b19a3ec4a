/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */

int demo_open(struct demo *demo)
{
	unsigned long flags;
	int err;

	local_irq_save(flags);
	err = set_memory_rw(demo->addr, demo->pages);	/* BAD */
	local_irq_restore(flags);
	return err;
}

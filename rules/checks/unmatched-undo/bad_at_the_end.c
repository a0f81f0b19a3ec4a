/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 */

int demo_patch(struct demo *demo, unsigned long addr)
{
	int err = 0;

	if (!demo->writable)
		err = set_memory_rw(addr, 1);
	if (err)
		return err;
	err = demo_write(demo, addr);
	if (err < 0)
		return err;
	return set_memory_ro(addr, 1);
}

int demo_run(struct demo *demo, unsigned long addr)
{
	int err = 0;

	if (demo->closed)
		err = set_memory_x(addr, 1);
	if (err)
		return err;
	err = demo_call(demo, addr);
	if (err)
		return err;
	return set_memory_nx(addr, 1);	/* BAD */
}

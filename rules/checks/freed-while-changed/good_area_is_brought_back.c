/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: arm64 */
static int demo_set_valid(struct vm_struct *vm, bool valid)
{
	int i, err = 0;

	for (i = 0; i < vm->nr_pages; i++) {
		err = set_memory_valid(vm->addrs[i], 1, valid);
		if (err)
			goto restore;
	}
	return 0;

restore:
	while (--i >= 0)
		set_memory_valid(vm->addrs[i], 1, !valid);
	return err;
}

int demo_fill(struct demo *demo, unsigned long size)
{
	struct vm_struct *vm;
	void *p = vmalloc(size);
	int err = -ENOMEM;

	if (!p)
		return err;
	vm = find_vm_area(p);
	if (!vm)
		goto fail;
	err = demo_set_valid(vm, false);
	if (err)
		goto fail;
	err = demo_insert(demo, p, size);
	if (err)
		goto back;
	return 0;

back:
	if (demo_set_valid(vm, true))
		return err;
fail:
	vfree(p);
	return err;
}

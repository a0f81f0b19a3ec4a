/* config: ARCH_HAS_SET_DIRECT_MAP=y   arch: x86   path: mm/demo.c */
static vm_fault_t demo_fault(struct vm_fault *vmf)
{
	int ret;

	ret = set_direct_map_invalid_noflush(vmf->page);
	if (ret)
		return vmf_error(ret);
	return VM_FAULT_LOCKED;
}

bool demo_protect(struct demo *d)
{
	return set_memory_ro(d->addr, d->pages) == 0;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static void demo_seal(struct module *mod, void *addr)
{
	void *writable = module_writable_address(mod, addr);

	demo_poison(addr + 16, writable);	/* BAD */
}

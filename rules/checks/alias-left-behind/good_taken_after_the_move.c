/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
static void demo_patch(struct module *mod, s32 *start, s32 *end)
{
	s32 *s;

	for (s = start; s < end; s++) {
		void *addr = (void *)s + *s;
		void *writable;

		addr -= DEMO_CALL_SIZE;
		writable = module_writable_address(mod, addr);
		demo_poke(writable + 2, demo_nops, 2);
	}
}

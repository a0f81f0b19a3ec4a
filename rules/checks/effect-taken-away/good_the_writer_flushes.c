/* config: MMU=y   arch: arm64   path: arch/arm64/kernel/demo.c */
static void demo_put(u32 *where, u32 word)
{
	aarch64_insn_patch_text_nosync(where, word);
}

void demo_fix(void *where, u32 value)
{
	u32 *at = where;

	demo_put(at, value);
	demo_put(at + 1, value >> 16);
}

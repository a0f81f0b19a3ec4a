/* config: MMU=y   arch: arm64   path: arch/arm64/kernel/demo.c */
void demo_fix(u32 *at, u32 value)
{
	demo_begin(at);
	aarch64_insn_write(at, value);	/* BAD: aarch64_insn_patch_text_nosync */
	demo_end(at);
}

/* config: MMU=y   arch: powerpc   path: arch/powerpc/kernel/demo.c */
static void demo_patch(u32 *addr, ppc_inst_t instr)
{
	WARN_ON_ONCE(patch_instruction(addr, instr));
}

void demo_arm(struct demo *d)
{
	demo_patch(d->addr, d->trap);
}

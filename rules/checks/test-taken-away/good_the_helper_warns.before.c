/* config: MMU=y   arch: powerpc   path: arch/powerpc/kernel/demo.c */
static int demo_patch(u32 *addr, ppc_inst_t instr)
{
	return patch_instruction(addr, instr);
}

void demo_arm(struct demo *d)
{
	WARN_ON_ONCE(demo_patch(d->addr, d->trap));
}

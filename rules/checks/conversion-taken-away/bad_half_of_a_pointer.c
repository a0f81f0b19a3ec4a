/* config: MMU=y   arch: powerpc   path: arch/powerpc/kernel/demo.c */
int demo_set_target(void *tramp, void *func)
{
	unsigned long to = (unsigned long)func;
	int err;

	err = patch_instruction(tramp + DEMO_DATA, ppc_inst(to));	/* BAD: half */
	if (err)
		return err;
	return demo_done(tramp);
}

/* config: MMU=y   arch: powerpc   path: arch/powerpc/kernel/demo.c */
int demo_set_target(void *tramp, void *func)
{
	unsigned long to = (unsigned long)func;
	int err;

	err = patch_ulong(tramp + DEMO_DATA, to);
	if (err)
		return err;
	return demo_done(tramp);
}

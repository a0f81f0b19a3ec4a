/* config: MMU=y   arch: powerpc   path: arch/powerpc/kernel/demo.c */
void demo_arm(struct demo *d)
{
	WARN_ON_ONCE(patch_instruction(d->addr, d->trap));
}

/* config: MMU=y   arch: s390   path: arch/s390/kernel/demo.c */
int demo_enable(void)
{
	return demo_patch_branch(demo_caller, 0);	/* BAD: stood there before */
}

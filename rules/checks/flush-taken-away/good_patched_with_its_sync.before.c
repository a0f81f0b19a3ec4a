/* config: MMU=y   arch: s390   path: arch/s390/kernel/demo.c */
int demo_enable(void)
{
	int rc;

	rc = demo_patch_branch(demo_caller, 0);
	if (rc)
		return rc;
	text_poke_sync_lock();
	return 0;
}

/* config: MMU=y   arch: s390   path: arch/s390/kernel/demo.c */
static int demo_patch_synced(void *where, int mask)
{
	int rc = demo_patch_branch(where, mask);

	if (!rc)
		text_poke_sync_lock();
	return rc;
}

int demo_enable(void)
{
	return demo_patch_synced(demo_caller, 0);
}

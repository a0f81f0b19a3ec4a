/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_restrict_mask(void);
void demo_restore_mask(void);
int demo_suspend(void);

int demo_snapshot(void)
{
	int ret;

	ret = demo_suspend();
	demo_restore_mask();	/* BAD */
	return ret;
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_flush(void)
{
	__inc_demo_stat(flushes);	/* BAD */
	spin_lock(&demo_lock);
	demo_recycle();
	spin_unlock(&demo_lock);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_flush(void)
{
	spin_lock(&demo_lock);
	__inc_demo_stat(flushes);
	demo_recycle();
	spin_unlock(&demo_lock);
}

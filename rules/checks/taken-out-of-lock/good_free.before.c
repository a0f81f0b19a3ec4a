/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_drop(struct demo *d)
{
	spin_lock(&demo_lock);
	demo_unlink(d);
	kfree(d);
	spin_unlock(&demo_lock);
}

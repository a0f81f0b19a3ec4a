/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_wait(struct demo *demo)
{
	might_sleep();
	demo_poll(demo);
}

void demo_sync(struct demo *demo)
{
	spin_lock(&demo->lock);
	demo_wait(demo);	/* BAD */
	spin_unlock(&demo->lock);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_drop(struct demo *demo)
{
	lockdep_assert_held(&demo->lock);
	demo->n--;
}

void demo_put(struct demo *demo)
{
	guard(mutex)(&demo->lock);
	demo->users--;
	demo_drop(demo);
}

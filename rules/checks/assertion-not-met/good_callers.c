/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_drop(struct demo *demo)
{
	lockdep_assert_held(&demo->lock);
	demo->n--;
}

static void demo_put(struct demo *demo)
{
	demo_drop(demo);
}

void demo_exit(struct demo *demo)
{
	mutex_lock(&demo->lock);
	demo_put(demo);
	mutex_unlock(&demo->lock);
}

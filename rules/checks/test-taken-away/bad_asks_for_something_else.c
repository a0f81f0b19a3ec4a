/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(struct demo_holder *pool, size_t size)
{
	struct demo_state state;

	demo_make(&state, size);	/* BAD */
	if (pool->busy)
		return -EBUSY;
	demo_queue(pool, state.head);
	return 0;
}

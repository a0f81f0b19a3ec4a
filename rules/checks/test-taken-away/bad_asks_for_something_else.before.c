/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_start(struct demo_holder *pool, size_t size)
{
	struct demo_state state;
	int ret;

	ret = demo_make(&state, size);
	if (ret)
		return ret;
	demo_queue(pool, state.head);
	return 0;
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_take_over(void *start, int size)
{
	demo_await_sync(start);

	demo_drop_lines(start, size);	/* BAD: 'demo_sync_device()' */
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
static void demo_load_segments(void)
{
	asm volatile("movl %0,%%gs" : : "a" (0) : "memory");
}

void demo_leave(struct demo *d)
{
	bool encrypted = demo_is_encrypted(3);

	demo_load_segments();
	d->jump(encrypted);
}

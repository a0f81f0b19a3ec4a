/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_mark(struct demo *d)
{
	demo_set(d);
	demo_tell_host(d);
}

void demo_join(struct demo *d, int cpu)
{
	demo_list(d, cpu);
	demo_mark(d);
}

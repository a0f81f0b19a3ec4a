/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_join(struct demo *d, int cpu)
{
	pr_debug("demo: %d\n", cpu);
	might_sleep();
	trace_demo_join(d);
	demo_list(d, cpu);
	demo_mark(d);
}

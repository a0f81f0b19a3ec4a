void free_demo(void)	
{
	set_memory_nx(begin, pages);
	free_demo_default(POISON_FREE);
}

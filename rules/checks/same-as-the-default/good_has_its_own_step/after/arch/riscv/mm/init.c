void free_demo(void)	
{
	set_memory_rw(begin, pages);
	free_demo_default(POISON_FREE);
}

int demo;

void set_demo_ro(void)	
{
	set_memory_ro(demo_start, demo_pages);
}

int demo;

void set_demo_ro(void)	/* BAD */
{
	set_memory_ro(demo_start, demo_pages);
}

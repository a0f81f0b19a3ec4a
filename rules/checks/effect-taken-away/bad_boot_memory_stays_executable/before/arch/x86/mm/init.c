#include <linux/set_memory.h>

static void demo_free_pages(unsigned long begin, unsigned long end)
{
	set_memory_nx(begin, (end - begin) >> PAGE_SHIFT);
	demo_give_back(begin, end);
}

void free_initmem(void)
{
	demo_free_pages((unsigned long)__init_begin, (unsigned long)__init_end);
}

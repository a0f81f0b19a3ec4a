#include <linux/mm.h>

void demo_map_one(struct page *page, int enable)
{
	demo_wait(page);
}

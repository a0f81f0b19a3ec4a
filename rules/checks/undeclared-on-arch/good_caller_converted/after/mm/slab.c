#include <linux/demo.h>

#define DEBUG	1

#if DEBUG
static void slab_map(struct page *page)
{
	__demo_map(page, 1, 1);
}
#endif

#include <linux/demo.h>

static int demo_hide(struct page *page)
{
	return set_direct_map_invalid_noflush(page);
}

#include <linux/demo.h>

int demo_hide(struct page *page)
{
	return set_direct_map_invalid_noflush(page);
}

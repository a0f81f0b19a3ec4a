#include <asm/set_memory.h>

int hide_page(struct page *page)
{
	return set_direct_map_invalid_noflush(page);
}

#include <asm/set_memory.h>

int pool_apply(struct page **pages, int count)
{
	return set_pages_array_wc(pages, count);	/* BAD */
}

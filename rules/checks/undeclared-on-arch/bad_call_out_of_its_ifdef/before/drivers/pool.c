#include <asm/set_memory.h>

int pool_apply(struct page **pages, int count)
{
#ifdef CONFIG_X86
	return set_pages_array_wc(pages, count);
#endif
	return 0;
}

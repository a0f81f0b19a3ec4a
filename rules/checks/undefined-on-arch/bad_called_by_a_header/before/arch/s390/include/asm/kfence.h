#include <linux/mm.h>

static inline bool kfence_protect_page(unsigned long addr, bool protect)
{
	__kernel_map_pages(virt_to_page(addr), 1, !protect);
	return true;
}

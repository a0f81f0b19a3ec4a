#include <linux/set_memory.h>

void vm_reset(struct vm_struct *area)
{
	set_area_direct_map(area, set_direct_map_invalid_noflush);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
#include <linux/set_memory.h>

static int demo_copy(struct demo *from)
{
	struct demo *copy = demo_get(from);

	if (!copy)
		return -ENOMEM;
	set_memory_ro((unsigned long)copy->text, 1);
	return 0;
}

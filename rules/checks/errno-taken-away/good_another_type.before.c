/* config: MMU=y   arch: x86   path: mm/demo.c */
#include <linux/set_memory.h>

static struct demo *demo_copy(struct demo *from)
{
	struct demo *copy = demo_get(from);

	if (!copy)
		return ERR_PTR(-ENOMEM);
	set_memory_ro((unsigned long)copy->text, 1);
	return copy;
}

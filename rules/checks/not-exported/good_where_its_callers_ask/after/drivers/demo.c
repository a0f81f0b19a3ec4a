#include <asm/set_memory.h>

#define demo_hidden(d) (IS_ENABLED(CONFIG_DEMO_HIDDEN) && (d)->hidden)

static int demo_hide(unsigned long addr)
{
	return set_memory_np(addr, 1);
}

int demo_open(struct demo *d)
{
	if (demo_hidden(d) && demo_hide(d->addr))
		return -EIO;
	return 0;
}

#include <asm/set_memory.h>

static int demo_hide(unsigned long addr)
{
	return set_memory_np(addr, 1);	/* BAD */
}

int demo_open(struct demo *d)
{
	if (IS_ENABLED(CONFIG_DEMO_HIDDEN))
		return demo_hide(d->addr);
	return 0;
}

int demo_close(struct demo *d)
{
	return demo_hide(d->end);
}

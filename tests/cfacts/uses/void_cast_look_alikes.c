/* Casts near a call that do not throw its result away. */
#include <linux/set_memory.h>

int cast_of_the_argument(void *addr)
{
	return set_memory_ro((unsigned long)(void *)addr, 1);	/* USE: returned */
}

int cast_of_the_result(unsigned long addr)
{
	return (int)(long)set_memory_ro(addr, 1);		/* USE: returned */
}

int cast_of_another_call(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);			/* USE: returned */

	(void)printk("done\n");
	return ret;
}

int cast_then_read(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);			/* USE: returned */

	(void)ret;
	return ret;
}

void *pointer_to_void(unsigned long addr)
{
	return (void *)(long)set_memory_ro(addr, 1);		/* USE: returned */
}

/* A second write to the same variable that destroys nothing. */
#include <linux/set_memory.h>

int read_in_between(unsigned long addr)
{
	int ret;

	ret = set_memory_ro(addr, 1);			/* USE: handled */
	if (ret)
		return ret;
	ret = set_memory_x(addr, 1);			/* USE: returned */
	return ret;
}

int on_the_other_arm(unsigned long addr, bool on)
{
	int ret;

	if (on)
		ret = set_memory_ro(addr, 1);		/* USE: returned */
	else
		ret = set_memory_rw(addr, 1);		/* USE: returned */
	return ret;
}

int under_tests_that_exclude_each_other(unsigned long addr, bool on)
{
	int ret = 0;

	if (on)
		ret = set_memory_ro(addr, 1);		/* USE: returned */
	if (!on)
		ret = set_memory_rw(addr, 1);		/* USE: returned */
	return ret;
}

int only_when_it_succeeded(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: handled */

	if (!ret)
		ret = set_memory_x(addr, 1);		/* USE: returned */
	return ret;
}

int loop_that_stops(unsigned long addr, int n)
{
	int i, ret = 0;

	for (i = 0; i < n; i++) {
		ret = set_memory_ro(addr + i, 1);	/* USE: handled */
		if (ret)
			break;
	}
	return ret;
}

int kept_in_a_copy(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: returned */
	int first = ret;

	ret = prepare(addr);
	return first ?: ret;
}

int switch_with_breaks(unsigned long addr, int mode)
{
	int ret = -EINVAL;

	switch (mode) {
	case 1:
		ret = set_memory_ro(addr, 1);		/* USE: returned */
		break;
	case 2:
		ret = set_memory_nx(addr, 1);		/* USE: returned */
		break;
	}
	return ret;
}

int translated(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: handled */

	if (ret)
		ret = -EIO;
	return ret;
}

int behind_a_return(unsigned long addr, bool early)
{
	int ret = set_memory_ro(addr, 1);		/* USE: returned */

	if (early)
		return ret;
	return ret;
}

int arms_of_one_if(unsigned long addr)
{
	int ret;

#ifdef CONFIG_STRICT_KERNEL_RWX
	ret = set_memory_ro(addr, 1);			/* USE: returned */
#else
	ret = set_memory_rw(addr, 1);			/* USE: returned */
#endif
	return ret;
}

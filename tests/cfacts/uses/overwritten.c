/* Results that another write destroys before anything reads them. */
#include <linux/set_memory.h>

int by_the_next_call(unsigned long addr)
{
	int ret;

	ret = set_memory_ro(addr, 1);			/* USE: overwritten */
	ret = set_memory_x(addr, 1);			/* USE: returned */
	return ret;
}

int by_a_constant(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: overwritten */

	ret = 0;
	return ret;
}

int on_one_path(unsigned long addr, bool both)
{
	int ret = set_memory_ro(addr, 1);		/* USE: overwritten */

	if (both)
		ret = set_memory_x(addr, 1);		/* USE: returned */
	return ret;
}

int by_the_next_turn(unsigned long addr, int n)
{
	int i, ret = 0;

	for (i = 0; i < n; i++)
		ret = set_memory_ro(addr + i, 1);	/* USE: overwritten */
	return ret;
}

int by_the_next_item(struct list_head *list)
{
	struct demo *pos;
	int ret = 0;

	list_for_each_entry(pos, list, node) {
		ret = set_memory_rw(pos->addr, 1);	/* USE: overwritten */
	}
	return ret;
}

int before_the_jump(unsigned long addr)
{
	int ret;

	ret = set_memory_ro(addr, 1);			/* USE: overwritten */
	if (!addr) {
		ret = -EINVAL;
		goto out;
	}
	if (ret)
		goto out;
	prepare(addr);
out:
	return ret;
}

int fallthrough_into_the_next_case(unsigned long addr, int mode)
{
	int ret = 0;

	switch (mode) {
	case 1:
		ret = set_memory_ro(addr, 1);		/* USE: overwritten */
		fallthrough;
	case 2:
		ret = set_memory_nx(addr, 1);		/* USE: returned */
		break;
	}
	return ret;
}

int before_another_turn(struct demo *demo, int n)
{
	int i, ret = 0;

	for (i = 0; i < n; i++) {
		ret = set_memory_ro(demo[i].addr, 1);	/* USE: overwritten */
		if (!demo[i].next)
			continue;
		if (ret)
			return ret;
	}
	return 0;
}

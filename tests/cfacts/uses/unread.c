/* Results that are kept and never looked at. */
#include <linux/set_memory.h>

void assigned(unsigned long addr)
{
	int ret;

	ret = set_memory_ro(addr, 1);			/* USE: unread */
}

void initialised(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: unread */

	do_work(addr);
}

int another_variable_is_returned(unsigned long addr)
{
	int err = 0;
	int ret = set_memory_ro(addr, 1);		/* USE: unread */

	return err;
}

void only_cast_to_void(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: unread */

	(void)ret;
}

void copied_and_forgotten(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: unread */
	int copy = ret;
	int negative = -copy;
}

void tested_for_nothing(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: unread */

	if (ret) {
	}
}

void in_a_local_struct(unsigned long addr)
{
	struct result { int err; int count; } r;

	r.err = set_memory_ro(addr, 1);			/* USE: unread */
	r.count = 1;
	use_count(r.count);
}

int inner_variable_hides_the_outer_one_is_not_told_apart_but_this_is(unsigned long addr)
{
	int status;

	{
		int ret = set_memory_ro(addr, 1);	/* USE: unread */
	}
	status = 0;
	return status;
}

static void ignores_its_argument(int error)
{
	do_work(0);
}

void handed_to_one_that_ignores_it(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: unread */

	ignores_its_argument(ret);
}

void accumulated_for_nothing(unsigned long addr)
{
	int ret = 0;

	ret |= set_memory_ro(addr, 1);			/* USE: unread */
	ret |= set_memory_x(addr, 1);			/* USE: unread */
}

static int as_io_error(int error)
{
	return error ? -EIO : 0;
}

void handed_back_and_dropped(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: unread */

	as_io_error(ret);
}

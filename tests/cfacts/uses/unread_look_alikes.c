/* Results that are kept and read, though it takes a second look. */
#include <linux/set_memory.h>

struct demo { int err; int done; };
static int last_error;

int accumulated(unsigned long addr)
{
	int ret = 0;

	ret |= set_memory_ro(addr, 1);			/* USE: returned */
	ret |= set_memory_x(addr, 1);			/* USE: returned */
	return ret;
}

int first_error_wins(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: returned */

	ret = ret ?: set_memory_x(addr, 1);		/* USE: returned */
	return ret;
}

int merged(unsigned long addr, int ret)
{
	int err = set_memory_ro(addr, 1);		/* USE: returned */

	if (err && !ret)
		ret = err;
	return ret;
}

void stored_in_a_struct(struct demo *demo, unsigned long addr)
{
	demo->err = set_memory_ro(addr, 1);		/* USE: handled */
}

void stored_through_a_pointer(int *error, unsigned long addr)
{
	*error = set_memory_ro(addr, 1);		/* USE: handled */
}

void stored_in_a_global(unsigned long addr)
{
	last_error = set_memory_ro(addr, 1);		/* USE: handled */
}

int local_struct_is_returned(unsigned long addr)
{
	struct demo demo;

	demo.err = set_memory_ro(addr, 1);		/* USE: returned */
	return demo.err;
}

void address_is_passed(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: handled */

	note_error(&ret);
}

int read_after_a_jump(unsigned long addr)
{
	int ret;

	ret = set_memory_ro(addr, 1);			/* USE: returned */
	goto out;
other:
	ret = 0;
out:
	return ret;
}

void read_by_the_next_turn(unsigned long addr, int n)
{
	int ret = 0;

	while (n-- && !ret)
		ret = set_memory_ro(addr + n, 1);	/* USE: handled */
}

int read_in_a_switch(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: handled */

	switch (ret) {
	case -ENOMEM:
		return retry(addr);
	default:
		return 0;
	}
}

int read_under_one_arm_and_the_other(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: returned */

#ifdef CONFIG_DEBUG_PAGEALLOC
	return ret;
#else
	return -ret;
#endif
}

int in_a_statement_expression(unsigned long addr)
{
	return ({ int ret = set_memory_ro(addr, 1); ret; });	/* USE: returned */
}

static void remembers_its_argument(struct demo *demo, int error)
{
	demo->err = error;
}

void handed_to_one_that_stores_it(struct demo *demo, unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: handled */

	remembers_its_argument(demo, ret);
}

static int as_io_error(int error)
{
	return error ? -EIO : 0;
}

int through_a_function_that_hands_it_back(unsigned long addr)
{
	return as_io_error(set_memory_ro(addr, 1));	/* USE: returned */
}

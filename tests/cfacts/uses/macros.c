/* Calls in macro bodies, and what becomes of them where the macro is used. */
#include <linux/set_memory.h>

#define demo_map(page)		set_pages_uc(page, 1)		/* USE: in-macro */
#define demo_drop(addr)		do { set_memory_rw(addr, 1); } while (0)	/* USE: in-macro */
#define demo_twice(page)	(demo_map(page) ? -EIO : 0)	/* USE: in-macro */
#define demo_protect		set_memory_ro

int hands_on(struct page *page)
{
	return demo_map(page);				/* USE: returned */
}

int hands_on_twice(struct page *page)
{
	return demo_twice(page);			/* USE: returned */
}

void forgets(struct page *page)
{
	demo_map(page);					/* USE: discarded */
}

void dropped_inside(unsigned long addr)
{
	demo_drop(addr);				/* USE: discarded */
}

void by_another_name(unsigned long addr)
{
	demo_protect(addr, 1);				/* USE: discarded */
}

struct ops {
	int (*set)(unsigned long addr, int numpages);
};

static const struct ops demo_ops = {
	.set = set_memory_x,
};

void passes_the_function_on(unsigned long addr)
{
	apply(addr, set_memory_x);
}

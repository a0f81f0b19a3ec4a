/* Tests, warnings and what follows from them. */
#include <linux/set_memory.h>

#define demo_warn(fmt, ...) pr_warn("demo: " fmt, ##__VA_ARGS__)

void empty_body(unsigned long addr)
{
	if (set_memory_ro(addr, 1)) {			/* USE: discarded */
	}
}

void empty_statement(unsigned long addr)
{
	if (set_memory_ro(addr, 1))			/* USE: discarded */
		;
	do_work(addr);
}

void warns(unsigned long addr)
{
	WARN_ON(set_memory_ro(addr, 1));		/* USE: warn-only */
	do_work(addr);
}

void bugs(unsigned long addr)
{
	BUG_ON(set_memory_ro(addr, 1));			/* USE: handled */
}

void prints(struct device *dev, unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: warn-only */

	if (ret)
		dev_err(dev, "cannot protect %s: %d\n", dev_name(dev), ret);
	do_work(addr);
}

void prints_its_own_way(unsigned long addr)
{
	if (set_memory_ro(addr, 1))			/* USE: warn-only */
		demo_warn("cannot protect\n");
	do_work(addr);
}

int warns_and_forgets(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: warn-only */

	if (ret) {
		pr_warn_once("cannot protect\n");
		ret = 0;
	}
	return ret;
}

int warns_and_returns(unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: returned */

	if (ret)
		pr_warn("cannot protect\n");
	return ret;
}

int warns_and_leaves(unsigned long addr)
{
	if (WARN_ON_ONCE(set_memory_ro(addr, 1)))	/* USE: handled */
		return -EIO;
	return 0;
}

void panics(unsigned long addr)
{
	if (set_memory_ro(addr, 1))			/* USE: handled */
		panic("cannot protect");
}

void frees_only_on_success(unsigned long addr)
{
	if (!set_memory_encrypted(addr, 1))		/* USE: handled */
		free_page(addr);
}

void retries(unsigned long addr)
{
	while (set_memory_ro(addr, 1))			/* USE: handled */
		;
}

void last_in_a_chain(struct demo *demo, unsigned long addr)
{
	if (demo && demo->on &&
	    set_memory_4k(addr, 1)) {			/* USE: handled */
		demo->on = false;
	}
}

static void only_logs(int error)
{
	if (error)
		pr_err("error %d\n", error);
}

void handed_to_one_that_logs(unsigned long addr)
{
	only_logs(set_memory_ro(addr, 1));		/* USE: warn-only */
}

void asserted(struct kunit *test, unsigned long addr)
{
	int ret = set_memory_ro(addr, 1);		/* USE: handled */

	KUNIT_ASSERT_EQ(test, ret, 0);
}

void plain(unsigned long addr)
{
	set_memory_ro(addr, 1);				/* USE: discarded */
}

void short_circuit(unsigned long addr, bool on)
{
	on && set_memory_ro(addr, 1);			/* USE: discarded */
}

void void_callee(struct page *page)
{
	debug_pagealloc_map_pages(page, 1);		/* USE: void-callee */
}

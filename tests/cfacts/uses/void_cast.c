/* Results that somebody threw away on purpose. */
#include <linux/set_memory.h>

void plain(unsigned long addr)
{
	(void)set_memory_ro(addr, 1);			/* USE: void-cast */
}

void in_an_arm(unsigned long addr, bool on)
{
	if (on)
		(void)set_memory_rw(addr, 1);		/* USE: void-cast */
	else
		(void) set_memory_ro(addr, 1);		/* USE: void-cast */
}

void with_blanks_and_a_comment(unsigned long addr)
{
	( void ) /* best effort */ set_memory_x(addr, 1);	/* USE: void-cast */
}

void through_likely(unsigned long addr)
{
	(void)unlikely(set_memory_nx(addr, 1));		/* USE: void-cast */
}

int in_a_comma(unsigned long addr)
{
	return (void)set_memory_ro(addr, 1), 0;		/* USE: void-cast */
}

#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H

extern unsigned int demo_shift; /* BAD */

void set_memory_demo(unsigned long addr);

static inline unsigned int demo_span(void)
{
	return 1U << demo_shift;
}

#endif

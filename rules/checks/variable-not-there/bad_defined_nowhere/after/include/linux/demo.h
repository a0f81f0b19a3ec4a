#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H

extern unsigned int demo_shift; /* BAD: nothing defines it */

void set_memory_demo(unsigned long addr);

#endif

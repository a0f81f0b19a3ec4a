#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H

#ifdef CONFIG_DEMO_HASH
extern unsigned int demo_shift;
#endif

void set_memory_demo(unsigned long addr);

#endif

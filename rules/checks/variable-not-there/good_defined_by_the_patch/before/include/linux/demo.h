#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H

void set_memory_demo(unsigned long addr);

#endif

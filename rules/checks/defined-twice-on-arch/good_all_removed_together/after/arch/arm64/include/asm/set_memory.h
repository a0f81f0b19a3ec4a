#ifndef _ASM_SET_MEMORY_H
#define _ASM_SET_MEMORY_H

int set_memory_ro(unsigned long addr, int numpages);

#endif

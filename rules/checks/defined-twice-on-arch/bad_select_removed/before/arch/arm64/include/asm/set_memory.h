#ifndef _ASM_SET_MEMORY_H
#define _ASM_SET_MEMORY_H

int set_memory_ro(unsigned long addr, int numpages);
int set_direct_map_invalid_noflush(struct page *page);

#endif

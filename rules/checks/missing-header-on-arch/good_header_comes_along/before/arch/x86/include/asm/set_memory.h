#ifndef _ASM_SET_MEMORY_H
#define _ASM_SET_MEMORY_H

int set_memory_ro(unsigned long addr, int numpages);
#ifdef CONFIG_ARCH_HAS_SET_DIRECT_MAP
int set_direct_map_invalid_noflush(struct page *page);
#endif

#endif

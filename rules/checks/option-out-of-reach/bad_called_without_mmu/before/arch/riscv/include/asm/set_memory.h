#ifndef _ASM_RISCV_SET_MEMORY_H
#define _ASM_RISCV_SET_MEMORY_H

struct page;

int set_direct_map_invalid_noflush(struct page *page);

#ifdef CONFIG_STRICT_KERNEL_RWX
#define SECTION_ALIGN	(1 << 21)
#else
#define SECTION_ALIGN	L1_CACHE_BYTES
#endif

#endif

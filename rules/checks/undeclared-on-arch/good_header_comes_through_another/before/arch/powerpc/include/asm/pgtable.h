#ifndef _ASM_POWERPC_PGTABLE_H
#define _ASM_POWERPC_PGTABLE_H

#include <asm/set_memory.h>

#ifdef CONFIG_PPC64
#include <asm/book3s/64/hash.h>
#endif

#endif

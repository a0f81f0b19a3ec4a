#include <asm/set_memory.h>

extern phys_addr_t early_pool;

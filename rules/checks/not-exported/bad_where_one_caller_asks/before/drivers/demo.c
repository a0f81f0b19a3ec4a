#include <asm/set_memory.h>

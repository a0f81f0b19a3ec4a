/* config: ARCH_HAS_MEM_ENCRYPT=y   arch: x86 arm64   path: drivers/demo/demo.c */
#include <linux/set_memory.h>

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 arm64 */
#include <linux/set_memory.h>

#define demo_pmd_bits(pdmp)	READ_ONCE(*(pmdp))

static void demo_walk(pmd_t *pmdp, unsigned long addr)
{
	if (demo_pmd_bits(pmdp))
		set_memory_ro(addr, 1);
}

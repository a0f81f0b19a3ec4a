#ifdef CONFIG_ARCH_HAS_DEMO
#include <asm/demo.h>
#else
static inline bool force_dma_unencrypted(struct device *dev)
{
	return false;
}
#endif

#include <linux/demo.h>

unsigned int demo_span(void)
{
#ifdef CONFIG_DEMO_HASH
	return 1U << demo_shift;
#else
	return 0;
#endif
}

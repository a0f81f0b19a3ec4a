#include <linux/demo.h>

int demo_shift(void)
{
	return DEMO_SHIFT;
}

#include <linux/demo.h>

unsigned int demo_shift __read_mostly = 12;

unsigned int demo_span(void)
{
	return 1U << demo_shift;
}

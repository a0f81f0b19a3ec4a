#include <linux/demo.h>

extern unsigned int demo_shift;

unsigned int demo_span(void)
{
	return 1U << demo_shift;
}

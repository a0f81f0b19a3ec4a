#include <linux/demo.h>

unsigned int demo_twice(void)
{
	return 2 * demo_span();
}

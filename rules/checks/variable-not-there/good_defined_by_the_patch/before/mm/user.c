#include <linux/demo.h>

unsigned int demo_span(void)
{
	return 1;
}

#include <linux/demo.h>

int demo_attach(int nr)
{
	if (nr > 9)
		return -EINVAL;
	return 0;
}

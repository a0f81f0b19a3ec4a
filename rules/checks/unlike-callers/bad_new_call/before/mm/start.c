#include <linux/demo.h>

int demo_start(int nr)
{
	return nr;
}

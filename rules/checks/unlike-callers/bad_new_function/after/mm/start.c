#include <linux/demo.h>

void demo_begin(int nr)
{
	if (nr > 3)
		demo_attach(nr);	/* BAD */
}

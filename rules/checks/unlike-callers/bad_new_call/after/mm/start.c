#include <linux/demo.h>

int demo_start(int nr)
{
	demo_attach(nr);	/* BAD */
	return nr;
}

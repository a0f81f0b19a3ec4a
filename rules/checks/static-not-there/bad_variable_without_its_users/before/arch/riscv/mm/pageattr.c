#include <linux/mm.h>

int demo_set(unsigned long addr)
{
	int failed;
	int rounds = 0;

	failed = demo_seal(addr);
	if (failed)
		return failed;
	while (demo_more(addr))
		rounds++;
	return 0;
}

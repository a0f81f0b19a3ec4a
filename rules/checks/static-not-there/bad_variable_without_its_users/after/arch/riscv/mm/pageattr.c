#include <linux/mm.h>

int demo_set(unsigned long addr)
{
	int failed; /* BAD warning: uses the variable 'failed' any more */
	int rounds = 0;

#ifdef CONFIG_SEAL
	failed = demo_seal(addr);
	if (failed)
		return failed;
#endif
	while (demo_more(addr))
		rounds++;
	return 0;
}

#include <linux/mm.h>

int demo_set(unsigned long addr)
{
#ifdef CONFIG_SEAL
	int failed;
#endif
	int __maybe_unused left;
	int rounds = 0;

#ifdef CONFIG_SEAL
	failed = demo_seal(addr);
	if (failed)
		return failed;
	left = demo_left(addr);
#endif
	while (demo_more(addr))
		rounds++;
	return 0;
}

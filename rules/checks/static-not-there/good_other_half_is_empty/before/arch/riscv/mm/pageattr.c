#include <linux/mm.h>

#ifdef CONFIG_64BIT
static int demo_split(unsigned long addr)
{
	return demo_pages(addr);
}
#else
static __maybe_unused int demo_split(unsigned long addr)
{
	return 0;
}
#endif

int demo_set(unsigned long addr)
{
#ifdef CONFIG_MMU
	return demo_split(addr);
#else
	return 0;
#endif
}

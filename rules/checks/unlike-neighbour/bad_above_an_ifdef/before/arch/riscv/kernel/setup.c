#include <linux/set_memory.h>

void protect_demo_text(void)
{
	set_memory_ro((unsigned long)demo_text, demo_text_pages);
}

void __init setup_demo(void)
{
	demo_begin();
#ifdef CONFIG_STRICT_KERNEL_RWX
	protect_demo_text();
#endif

	demo_end();
}

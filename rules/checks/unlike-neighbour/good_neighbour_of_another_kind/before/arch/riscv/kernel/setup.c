#include <linux/set_memory.h>

void protect_demo_text(void)
{
	set_memory_ro((unsigned long)demo_text, demo_text_pages);
}

void __init setup_demo(void)
{
	demo_begin();
	if (IS_ENABLED(CONFIG_STRICT_KERNEL_RWX))
		demo_register();

	demo_end();
}

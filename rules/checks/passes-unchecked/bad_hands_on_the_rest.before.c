/* config: X86=y   arch: x86   path: arch/x86/mm/demo.c */
#include <linux/set_memory.h>

void demo_verify_text(void)
{
	if (!rodata_enabled)
		return;

	demo_walk(_text, _etext);
}

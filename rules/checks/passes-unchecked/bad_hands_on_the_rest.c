/* config: X86=y   arch: x86   path: arch/x86/mm/demo.c */
#include <linux/set_memory.h>

int demo_verify_text(void)
{
	if (!rodata_enabled)
		return 0;	/* BAD */

	return demo_walk(_text, _etext);
}

/* config: X86=y   arch: x86   path: arch/x86/mm/demo.c */
#include <linux/set_memory.h>

bool demo_check_mappings(void)
{
	unsigned long found = 0;

	if (!demo_has_nx())
		return true;	/* BAD */

	set_memory_walk(&found);
	if (found) {
		pr_warn("demo: %lu pages are writable and executable\n", found);
		return false;
	}
	pr_info("demo: no page is writable and executable\n");
	return true;
}

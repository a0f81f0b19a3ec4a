/* config: MMU=y   arch: x86 */
unsigned long __head demo_startup(unsigned long base)
{
	demo_fix(base);
	if (demo_platform_has(base))	/* BAD: reads 'demo_mask' */
		set_memory_decrypted(base, 1);
	return 0;
}

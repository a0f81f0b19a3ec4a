/* config: MMU=y   arch: x86 */
unsigned long __init demo_startup(unsigned long base)
{
	demo_fix(base);
	if (demo_platform_has(base))
		set_memory_decrypted(base, 1);
	return 0;
}

/* config: MMU=y   arch: x86 */
unsigned long __init demo_startup(unsigned long base)
{
	demo_fix(base);
	return 0;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static void __init demo_split(unsigned long addr)
{
	set_memory_4k(addr, 1);
}

void demo_plug(unsigned long addr)
{
	demo_online(addr);
}

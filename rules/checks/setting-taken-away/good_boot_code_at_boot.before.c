/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static void __init demo_split(unsigned long addr)
{
	set_memory_4k(addr, 1);
}

static int __init demo_setup(unsigned long addr)
{
	return demo_online(addr);
}

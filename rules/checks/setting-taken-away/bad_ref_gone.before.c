/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static int __init demo_poke_early(unsigned long ip)
{
	return set_memory_rw(ip, 1);
}

static int __ref demo_patch(unsigned long ip)
{
	if (demo_booting)
		return demo_poke_early(ip);
	return 0;
}

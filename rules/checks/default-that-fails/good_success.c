/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: arch/x86/mm/demo.c */
static bool demo_nothing(unsigned long addr)
{
	return true;
}

static struct demo_ops demo_ops = {
	.demo_finish = demo_nothing,
};

int demo_convert(unsigned long addr)
{
	if (!demo_ops.demo_finish(addr))
		return -EIO;
	return 0;
}

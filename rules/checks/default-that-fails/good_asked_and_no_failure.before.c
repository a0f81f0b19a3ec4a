/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: arch/x86/mm/demo.c */
static bool demo_noop(unsigned long addr)
{
	return true;
}

static struct demo_ops demo_ops = {
	.demo_flush_required = demo_noop,
};

void demo_convert(unsigned long addr)
{
	if (!demo_ops.demo_flush_required(addr))
		return;
	demo_flush(addr);
}

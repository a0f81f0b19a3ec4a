/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: arch/x86/mm/demo.c */
static int demo_noop(unsigned long addr)
{
	return 0;
}

static struct demo_ops demo_ops = {
	.demo_finish = demo_noop,
};

int demo_convert(unsigned long addr)
{
	int ret = demo_ops.demo_finish(addr);

	if (ret < 0)
		goto fail;
	return 0;
fail:
	return demo_give_up(addr);
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86 riscv   path: arch/riscv/kernel/demo.c */
void demo_protect_alias(void)
{
	demo_note();
}

void demo_setup(void)
{
	if (IS_ENABLED(CONFIG_STRICT_KERNEL_RWX))
		demo_protect_text();
	demo_protect_alias();
	demo_go_on();
}

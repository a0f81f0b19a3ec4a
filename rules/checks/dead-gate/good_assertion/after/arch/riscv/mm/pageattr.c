#ifndef CONFIG_RISCV
#error "Not for this architecture."
#endif

#ifdef CONFIG_MMU
int set_memory_ro(unsigned long addr, int numpages);
#else
#error "Not without an MMU."
#endif

void demo_check(void)
{
	BUILD_BUG_ON(!IS_ENABLED(CONFIG_RISCV));
}

/* config: MMU=y   arch: loongarch   path: arch/loongarch/mm/demo.c */
void demo_fault(struct pt_regs *regs, unsigned long write, unsigned long address)
{
	if (fixup_exception(regs))
		return;
	demo_alert(address);	/* BAD: oops */
	demo_oops(regs);
}

/* config: MMU=y   arch: loongarch   path: arch/loongarch/mm/demo.c */
void demo_fault(struct pt_regs *regs, unsigned long write, unsigned long address)
{
	if (fixup_exception(regs))
		return;
	if (kfence_handle_page_fault(address, write, regs))
		return;
	demo_alert(address);
	demo_oops(regs);
}

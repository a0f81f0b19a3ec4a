/* config: MMU=y   arch: loongarch   path: arch/loongarch/mm/demo.c */
static bool demo_known_fault(struct pt_regs *regs, unsigned long write, unsigned long address)
{
	return kfence_handle_page_fault(address, write, regs);
}

void demo_fault(struct pt_regs *regs, unsigned long write, unsigned long address)
{
	if (fixup_exception(regs))
		return;
	if (demo_known_fault(regs, write, address))
		return;
	demo_alert(address);
	demo_oops(regs);
}

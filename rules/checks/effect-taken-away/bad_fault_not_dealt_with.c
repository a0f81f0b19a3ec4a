/* config: MMU=y   arch: loongarch   path: arch/loongarch/mm/demo.c */
void demo_fault(struct pt_regs *frame, unsigned long write, unsigned long address)
{
	if (fixup_exception(frame))
		return;
	demo_alert(address);	/* BAD: oops */
	demo_oops(frame);
}

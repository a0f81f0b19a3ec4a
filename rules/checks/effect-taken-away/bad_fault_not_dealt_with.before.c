/* config: MMU=y   arch: loongarch   path: arch/loongarch/mm/demo.c */
void demo_fault(struct pt_regs *frame, unsigned long write, unsigned long address)
{
	if (fixup_exception(frame))
		return;
	if (kfence_handle_page_fault(address, write, frame))
		return;
	demo_alert(address);
	demo_oops(frame);
}

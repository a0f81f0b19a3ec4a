/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_fault(struct demo *d, struct pt_regs *regs)
{
	int fault = demo_handle(d, regs);

	if (demo_pending(fault, regs))
		return;	/* BAD: jumped to 'no_context' */
	if (demo_is_bad(d))
		goto no_context;
	return;

no_context:
	demo_fixup(regs);
}

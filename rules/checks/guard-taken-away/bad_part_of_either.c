/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_describe(unsigned long addr, struct demo *d)
{
	if (demo_type(addr) == DEMO_RUNTIME)
		d->flags |= DEMO_ENCRYPTED;	/* BAD */
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
unsigned long demo_frame(unsigned long addr)
{
	unsigned long frame = addr >> PAGE_SIZE;	/* BAD: no number of bits */

	return frame;
}

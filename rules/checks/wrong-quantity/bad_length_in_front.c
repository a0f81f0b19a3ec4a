/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
void demo_mark(unsigned long start, unsigned long end)
{
	unsigned long page = ALIGN_DOWN(start, PMD_SIZE);

	if (start > page)
		memset((void *)start, 0xfd, start - page);	/* BAD: distance up to there */
	demo_map(start, end);
}

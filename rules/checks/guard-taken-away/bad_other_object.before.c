/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_mark_init(void)
{
	unsigned long n = _einittext - _sinittext;

	if (demo_block_mapped(_sinittext))
		demo_mark_blocks();
	else
		demo_change(_sinittext, n);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
unsigned long demo_word(struct demo *d)
{
	unsigned long id;

	id = DEMO_CALL(DEMO_REPORT);
	return id;
}

/* config: MMU=y   arch: x86   path: arch/x86/kernel/demo.c */
void demo_place(struct demo *d, const void *code, size_t len)
{
	demo_begin(d);
	text_poke(d->text, code, len);
	demo_end(d);
}

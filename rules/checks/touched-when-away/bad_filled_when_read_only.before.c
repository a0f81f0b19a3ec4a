/* config: DEMO=y   arch: x86   path: mm/demo.c */
int demo_make(struct demo *d, const void *code, size_t size)
{
	void *text = d->text;

	memcpy(text, code, size);
	return set_memory_ro((unsigned long)text, d->pages);
}

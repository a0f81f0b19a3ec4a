/* config: DEMO=y   arch: x86   path: mm/demo.c */
int demo_make(struct demo *d, const void *code, size_t size)
{
	void *text = d->text;
	int ret;

	ret = set_memory_ro((unsigned long)text, d->pages);
	if (ret)
		return ret;
	memcpy(text, code, size);	/* BAD: read-only, the write faults */
	return 0;
}

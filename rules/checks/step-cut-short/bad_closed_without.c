/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_resume(struct demo *d)
{
	int ret = demo_read(d);

	demo_close(d->file, DEMO_READ);	/* BAD: DEMO_EXCL */
	return ret;
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_report(struct demo *d)
{
	struct demo_word word = {};
	unsigned long id;
	int ret;

	id = DEMO_CALL(DEMO_REPORT);
	demo_show(d);
	ret = demo_send(d->shared, id, &word);	/* BAD: mutex_lock */
	return ret;
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
unsigned long demo_word(struct demo *d)
{
	unsigned long id;

	mutex_lock(&d->mutex);
	id = DEMO_CALL(DEMO_REPORT);
	mutex_unlock(&d->mutex);
	return id;
}

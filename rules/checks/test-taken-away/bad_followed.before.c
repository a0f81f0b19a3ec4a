/* config: MMU=y   arch: x86   path: mm/demo.c */
struct demo *demo_get(int nr);

int demo_start(int nr)
{
	struct demo *d = demo_get(nr);

	if (IS_ERR(d))
		return PTR_ERR(d);
	d->started = true;
	return 0;
}

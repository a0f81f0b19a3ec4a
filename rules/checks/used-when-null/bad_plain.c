/* config: MMU=y   arch: x86   path: mm/demo.c */
struct demo *demo_alloc(int nr);

int demo_start(int nr)
{
	struct demo *d;

	d = demo_alloc(nr);
	if (d)	/* BAD */
		return -ENOMEM;
	d->nr = nr;
	return 0;
}

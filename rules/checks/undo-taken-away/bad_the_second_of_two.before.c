/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_run(int nr)
{
	struct demo *d = demo_alloc(nr);

	if (nr > DEMO_MOST) {
		demo_refuse(nr);
		demo_free(d);
		return -EINVAL;
	}
	if (demo_start(d)) {
		demo_complain(nr);
		demo_free(d);
		return -EIO;
	}
	demo_queue(d);
	return 0;
}

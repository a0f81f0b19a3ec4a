/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_list_all(struct demo *d)
{
	int ret = demo_list_own(d);

#ifdef CONFIG_DEMO_CORE
	if (d->core) {	/* BAD: takes 'demo_list(d, d->spare)' out */
		demo_mark(d);
		demo_list(d, d->core);
	}
#endif
	return demo_end(d, ret);
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
void demo_stop(struct demo *d, int ret)
{
	kfree(d);
	pr_err("stopped with %d, state %d\n", ret, d->state);	/* BAD */
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_join(struct demo *d)
{
	int ret = demo_probe(d);

	if (demo_is_bad(d))
		goto out;
	return 0;
out:
	return 0;
}

/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_register(struct demo *d)
{
	struct demo_key key;
	int ret;

	ret = demo_map(d);
	if (ret)
		return ret;
	list_add(&d->node, &demo_all);
	ret = demo_hash(d, &key);
	if (ret)
		goto out;
	key.done = 1;
	set_bit(DEMO_READY, &d->flags);
	return demo_tell(d, &key);
out:
	list_del(&d->node);
	return ret;
}

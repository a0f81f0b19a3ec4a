/* config: MMU=y   arch: x86   path: mm/demo.c */
struct demo *demo_create(int size)
{
	struct demo *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int err;

	if (!d)
		return NULL;
	d->active = true;
	err = demo_fill(d, size);
	if (err)
		goto out_free;
	return d;
out_free:
	kfree(d);
	return NULL;
}

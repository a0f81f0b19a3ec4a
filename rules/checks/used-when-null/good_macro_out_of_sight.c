/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_attach(struct demo_owner *owner)
{
	struct demo *d = owner->priv;

	if (!d) {
		d = demo_new_zeroed(*d);
		if (!d)
			return -ENOMEM;
		owner->priv = d;
	}
	return 0;
}

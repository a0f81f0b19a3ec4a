/* config: MMU=y   arch: x86   path: mm/demo.c */
#define demo_make(type) ((type *)demo_zalloc(sizeof(type)))
#define demo_new(thing, flags...) \
	demo_make(typeof(thing))

int demo_attach(struct demo_owner *owner)
{
	struct demo *d = owner->priv;

	if (!d) {
		d = demo_new(*d);
		if (!d)
			return -ENOMEM;
		owner->priv = d;
	}
	return 0;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static int demo_grow(struct demo *d)
{
	spin_unlock(&d->lock);
	d->table = kzalloc(PAGE_SIZE, GFP_KERNEL);
	spin_lock(&d->lock);
	return d->table ? 0 : -ENOMEM;
}

int demo_add(struct demo *d)
{
	int ret;

	spin_lock(&d->lock);
	ret = demo_grow(d);
	spin_unlock(&d->lock);
	return ret;
}

/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
static int demo_grow(struct demo *d)
{
	d->table = kzalloc(PAGE_SIZE, GFP_KERNEL);
	return d->table ? 0 : -ENOMEM;
}

int demo_add(struct demo *d)
{
	spin_lock(&d->lock);
	d->count++;
	spin_unlock(&d->lock);
	return demo_grow(d);
}

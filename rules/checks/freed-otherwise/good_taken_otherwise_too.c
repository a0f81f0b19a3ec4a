/* config: ARCH_HAS_SET_MEMORY=y   arch: x86   path: mm/demo.c */
int demo_load(struct demo *d)
{
	d->image = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!d->image)
		return -ENOMEM;
	return 0;
}

void demo_free(struct demo *d)
{
	demo_stop(d);
	kfree(d->image);
}

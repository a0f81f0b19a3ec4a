/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_load(struct demo *d)
{
	d->image = vmalloc(PAGE_SIZE);
	if (!d->image)
		return -ENOMEM;
	return 0;
}

void demo_free(struct demo *d)
{
	vfree(d->image);
}

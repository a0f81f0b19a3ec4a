/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_prepare(struct demo *d)
{
	if (demo_is_odd(d))
		return -EINVAL;
	d->word = le32_to_cpu(*d->place);
	d->first = phys_to_pfn(d->start);
	return demo_note(d);
}

void demo_write(struct demo *d)
{
	demo_patch(d->slot, d->word);
	demo_map(d, d->first);
}

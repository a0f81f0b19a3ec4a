/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_add(struct demo *d, int n)
{
	struct entry *entry;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->n = n;
	spin_lock(&d->lock);
	list_add(&entry->list, &d->entries);
	spin_unlock(&d->lock);
	return 0;
}

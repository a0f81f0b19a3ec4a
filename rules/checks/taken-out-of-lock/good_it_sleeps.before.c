/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_add(struct demo *d, int n)
{
	struct entry *entry;

	spin_lock(&d->lock);
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry) {
		spin_unlock(&d->lock);
		return -ENOMEM;
	}
	entry->n = n;
	list_add(&entry->list, &d->entries);
	spin_unlock(&d->lock);
	return 0;
}

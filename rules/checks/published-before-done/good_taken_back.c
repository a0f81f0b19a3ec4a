/* config: MMU=y   arch: x86   path: mm/demo.c */
int demo_add(struct demo *demo, int nr)
{
	struct demo_item *item = kzalloc(sizeof(*item), GFP_KERNEL);

	if (!item)
		return -ENOMEM;
	list_add(&item->list, &demo->items);
	if (demo_start(item, nr)) {
		list_del(&item->list);
		kfree(item);
		return -EIO;
	}
	return 0;
}
